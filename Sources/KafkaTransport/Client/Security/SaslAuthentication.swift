internal import KafkaBase
internal import KafkaSecurity
internal import KafkaWire
internal import NIOCore

/// One authentication of a connection: SaslHandshake, then SaslAuthenticate until both sides are
/// content (KIP-43, KIP-152). Takes events, returns what is to be done; no channel, no clock.
///
/// Confined to its connection's event loop, bounded by `maxRounds`.
struct SaslAuthentication {
    /// No mechanism needs as many.
    private static let maxRounds = 8

    enum Action {
        case handshake(SaslHandshakeRequest, version: Int16)
        /// The mechanism is to take the challenge, or to begin when there is none.
        case compute(challenge: [UInt8]?)
        case authenticate(SaslAuthenticateRequest, version: Int16)
        /// 0 when the session has no end.
        case done(sessionLifetimeMs: Int64)
        case fail(String)
    }

    let mechanism: SaslMechanism
    private let versions: ApiVersionRanges
    private var rounds = 0
    private var sessionLifetimeMs: Int64 = 0
    private var complaint: String?

    init(_ mechanism: SaslMechanism, _ versions: ApiVersionRanges) {
        self.mechanism = mechanism
        self.versions = versions
    }

    func begin() -> Action {
        // Version 0 is followed by bare tokens, which no broker since 1.0 needs.
        guard let version = versions.highestCommonVersion(of: SaslHandshakeRequest.self),
            version >= 1, versions[.saslAuthenticate] != nil
        else { return .fail("the broker knows no SASL, or is older than Kafka 1.0") }
        var request = SaslHandshakeRequest()
        request.mechanism = mechanism.rawValue
        return .handshake(request, version: version)
    }

    func answered(_ response: SaslHandshakeResponse) -> Action {
        switch response.errorCode {
        case .none: return .compute(challenge: nil)
        case .unsupportedSaslMechanism:
            let offered = response.mechanisms.prefix(20).joined(separator: ", ")
            return .fail(
                "the broker does not offer it, but \(offered.isEmpty ? "nothing" : offered); "
                    + "set sasl.mechanism")
        case .illegalSaslState:
            return .fail(
                "the broker asks for no SASL there; set security.protocol=PLAINTEXT or SSL")
        case let code: return .fail("\(code)")
        }
    }

    /// The mechanism has its next message.
    ///
    /// - Parameter complaint: what the server said against this client so far.
    mutating func computed(_ step: SaslStep, complaint: String?) -> Action {
        self.complaint = complaint
        switch step {
        case .done: return .done(sessionLifetimeMs: sessionLifetimeMs)
        case .send(let message):
            rounds += 1
            guard rounds <= Self.maxRounds else { return .fail("the broker finds no end") }
            guard let version = versions.highestCommonVersion(of: SaslAuthenticateRequest.self)
            else { return .fail("the broker is older than Kafka 1.0") }
            var request = SaslAuthenticateRequest()
            request.authBytes = ByteBuffer(bytes: message)
            return .authenticate(request, version: version)
        }
    }

    mutating func answered(_ response: SaslAuthenticateResponse) -> Action {
        guard response.errorCode == .none else {
            let said = [response.errorMessage, complaint].compactMap(\.self).filter { !$0.isEmpty }
            let reason = said.isEmpty ? "\(response.errorCode)" : said.joined(separator: "; ")
            return .fail(reason)
        }
        // From version 1 on (KIP-368).
        sessionLifetimeMs = max(0, response.sessionLifetimeMs)
        return .compute(challenge: Array(response.authBytes.readableBytesView))
    }

    /// When to authenticate again: at 85 to 95 % of the session's life, at random, so that not all
    /// clients do at once (as Java's `ReauthInfo`).
    ///
    /// - Returns: nil when the session has no end.
    static func renewalDelayMs(
        sessionLifetimeMs: Int64, using generator: inout some RandomNumberGenerator
    ) -> Int64? {
        guard sessionLifetimeMs > 0 else { return nil }
        let share = Double.random(in: 0.85...0.95, using: &generator)
        // No more than a year, which timers can count.
        return max(1, min(Int64(Double(sessionLifetimeMs) * share), 365 * 86_400_000))
    }

    /// When to try again after the secret could not be had, with so much of the session left.
    ///
    /// - Returns: nil when it is not worth it any more.
    static func retryDelayMs(remainingMs: Int64) -> Int64? {
        remainingMs > 2000 ? max(1000, remainingMs / 2) : nil
    }
}
