import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// What a connection of a listener with SASL may do, request by request (Kafka's
/// `SaslServerAuthenticator`): ApiVersions once, SaslHandshake, then the mechanism's messages until
/// the client is known, and all that the broker serves from then on. Takes requests, returns what
/// is to be done; no channel, no clock.
///
/// - SaslHandshake of version 0 is followed by the mechanism's messages as they are, of version 1
///   by SaslAuthenticate requests with them (KIP-152).
/// - A session that has an end can be renewed before (KIP-368), with the same mechanism and as the
///   same user, once a second at most; behind its end nothing else is served.
/// - Whatever else comes ends the connection. So does a failure, behind its answer.
struct SaslServerAuthentication {
    enum Action {
        /// The broker answers.
        case pass
        case reply(WireWriter)
        /// The client is known from now on.
        case succeed(KafkaPrincipal, WireWriter)
        /// The connection ends, behind the answer if there is one.
        case fail(WireWriter?, reason: String)
    }

    private struct Exchange {
        var mechanism: SaslMechanism
        var server: any SaslServer
        /// Whether messages come in SaslAuthenticate requests.
        var isFramed: Bool
        /// What the exchange renews.
        var renewed: Session?
    }

    private struct Session {
        var mechanism: SaslMechanism
        var principal: KafkaPrincipal
        /// Nil where it has no end.
        var end: NIODeadline?
        var lastRenewal: NIODeadline?
    }

    private enum Phase {
        case initial
        /// ApiVersions has been answered.
        case versionsTold
        case exchange(Exchange)
        case session(Session)
        case over
    }

    private static let minRenewalInterval = TimeAmount.seconds(1)

    private let listener: SaslListener
    private let credentials: @Sendable () -> ScramCredentials
    private var phase = Phase.initial

    init(_ listener: SaslListener, credentials: @escaping @Sendable () -> ScramCredentials) {
        self.listener = listener
        self.credentials = credentials
    }

    mutating func receive(_ frame: ByteBuffer, now: NIODeadline) -> Action {
        let phase = phase
        self.phase = .over
        do throws(WireError) {
            switch phase {
            case .initial, .versionsTold: return try begin(frame, phase)
            case .exchange(let exchange) where exchange.isFramed:
                return try authenticate(frame, exchange, now)
            case .exchange(let exchange): return take(token: frame, exchange, now)
            case .session(let session): return try serve(frame, session, now)
            case .over: return .fail(nil, reason: "a request behind a failed authentication")
            }
        } catch {
            return .fail(nil, reason: "unreadable request before authentication: \(error)")
        }
    }

    // MARK: Before the exchange

    private mutating func begin(_ frame: ByteBuffer, _ phase: Phase) throws(WireError) -> Action {
        var reader = WireReader(frame)
        let key = try SaslServerAuthentication.key(of: frame)
        switch (key, phase) {
        case (.apiVersions, .initial):
            let version = try frame.version
            // Who asks in a version that is not known, or does not name itself, may ask again.
            if ApiVersionsHandler.servedVersions.contains(version) {
                _ = try RequestHeader(from: &reader)
                let request = try ApiVersionsRequest(from: &reader, version: version)
                self.phase =
                    ApiVersionsHandler.isValid(request, version: version)
                    ? .versionsTold : .initial
            } else {
                self.phase = .initial
            }
            return .pass
        case (.saslHandshake, _): return try handshake(&reader, renewing: nil)
        default: return .fail(nil, reason: "\(key) before authentication")
        }
    }

    private mutating func handshake(
        _ reader: inout WireReader, renewing session: Session?
    ) throws(WireError) -> Action {
        let header = try RequestHeader(from: &reader)
        let request = try SaslHandshakeRequest(from: &reader, version: header.apiVersion)
        var response = SaslHandshakeResponse()
        response.mechanisms = listener.mechanisms.map(\.rawValue)
        let answer = { (response: SaslHandshakeResponse) throws(WireError) in
            try ResponseFrame.encode(
                response, version: header.apiVersion, correlationID: header.correlationId)
        }
        guard
            let mechanism = listener.mechanisms.first(where: { $0.rawValue == request.mechanism }),
            session.map({ $0.mechanism == mechanism }) ?? true,
            let server = listener.server(for: mechanism, credentials: credentials)
        else {
            response.errorCode = .unsupportedSaslMechanism
            let asked = String(request.mechanism.prefix(40))
            return .fail(
                try answer(response),
                reason: "the client asks for SASL mechanism \(asked.debugDescription)")
        }
        phase = .exchange(
            Exchange(
                mechanism: mechanism, server: server, isFramed: header.apiVersion >= 1,
                renewed: session))
        return .reply(try answer(response))
    }

    // MARK: The exchange

    private mutating func authenticate(
        _ frame: ByteBuffer, _ exchange: Exchange, _ now: NIODeadline
    ) throws(WireError) -> Action {
        var reader = WireReader(frame)
        let key = try SaslServerAuthentication.key(of: frame)
        guard key == .saslAuthenticate else {
            return .fail(nil, reason: "\(key) during authentication")
        }
        let header = try RequestHeader(from: &reader)
        let request = try SaslAuthenticateRequest(from: &reader, version: header.apiVersion)
        let step = advance(exchange, Array(request.authBytes.readableBytesView), now)
        var response = SaslAuthenticateResponse()
        switch step {
        case .goOn(let message): response.authBytes = ByteBuffer(bytes: message)
        case .known(_, let message, let lifetimeMs):
            response.authBytes = ByteBuffer(bytes: message)
            response.sessionLifetimeMs = lifetimeMs
        case .refused(let reason, _):
            response.errorCode = .saslAuthenticationFailed
            response.errorMessage = reason
        }
        return step.action(
            try ResponseFrame.encode(
                response, version: header.apiVersion, correlationID: header.correlationId))
    }

    /// Failures of such clients have no answer.
    private mutating func take(
        token: ByteBuffer, _ exchange: Exchange, _ now: NIODeadline
    ) -> Action {
        let step = advance(exchange, Array(token.readableBytesView), now)
        switch step {
        case .goOn(let message), .known(_, let message, _):
            return step.action(ResponseFrame.token(message))
        case .refused(_, let cause): return .fail(nil, reason: cause)
        }
    }

    private enum Step {
        case goOn([UInt8])
        case known(KafkaPrincipal, [UInt8], sessionLifetimeMs: Int64)
        /// What the client is told, and what the log says.
        case refused(String, cause: String)

        func action(_ answer: WireWriter) -> Action {
            switch self {
            case .goOn: .reply(answer)
            case .known(let principal, _, _): .succeed(principal, answer)
            case .refused(_, let cause): .fail(answer, reason: cause)
            }
        }
    }

    private mutating func advance(
        _ exchange: Exchange, _ message: [UInt8], _ now: NIODeadline
    ) -> Step {
        var exchange = exchange
        do throws(SaslError) {
            switch try exchange.server.respond(to: message) {
            case .challenge(let challenge):
                phase = .exchange(exchange)
                return .goOn(challenge)
            case .done(let last, let username):
                return finish(exchange, last, KafkaPrincipal(name: username), now)
            }
        } catch {
            let kind = exchange.renewed == nil ? "authentication" : "re-authentication"
            // SCRAM's reasons could tell whether there is such a user.
            let told =
                exchange.mechanism == .plain
                ? error.reason
                : "Authentication failed during \(kind) due to invalid credentials with SASL "
                    + "mechanism \(exchange.mechanism)"
            return .refused(told, cause: "\(kind) with \(exchange.mechanism) failed: \(error)")
        }
    }

    private mutating func finish(
        _ exchange: Exchange, _ last: [UInt8], _ principal: KafkaPrincipal, _ now: NIODeadline
    ) -> Step {
        if let before = exchange.renewed?.principal, before != principal {
            let reason =
                "Cannot change principals during re-authentication from \(before.type)."
                + "\(before.name): \(principal.type).\(principal.name)"
            return .refused(reason, cause: reason)
        }
        let lifetimeMs = listener.maxSessionMs[exchange.mechanism]
        phase = .session(
            Session(
                mechanism: exchange.mechanism, principal: principal,
                end: lifetimeMs.map { now + .milliseconds($0) },
                lastRenewal: exchange.renewed?.lastRenewal))
        return .known(principal, last, sessionLifetimeMs: lifetimeMs ?? 0)
    }

    // MARK: The session

    /// Whether the client is known.
    var isAuthenticated: Bool {
        if case .session = phase { true } else { false }
    }

    private mutating func serve(
        _ frame: ByteBuffer, _ session: Session, _ now: NIODeadline
    ) throws(WireError) -> Action {
        guard let end = session.end else {
            phase = .session(session)
            return .pass
        }
        if try SaslServerAuthentication.key(of: frame) == .saslHandshake,
            session.lastRenewal.map({ now - $0 >= Self.minRenewalInterval }) ?? true
        {
            var session = session
            session.lastRenewal = now
            var reader = WireReader(frame)
            return try handshake(&reader, renewing: session)
        }
        guard now < end else {
            return .fail(nil, reason: "the session has ended without a new authentication")
        }
        phase = .session(session)
        return .pass
    }

    /// The rest of a request's header may not be readable.
    private static func key(of frame: ByteBuffer) throws(WireError) -> ApiKey {
        var reader = WireReader(frame)
        return ApiKey(rawValue: try reader.readInteger())
    }
}

extension ByteBuffer {
    /// Of a request.
    fileprivate var version: Int16 {
        get throws(WireError) {
            var reader = WireReader(self)
            _ = try reader.readInteger(as: Int16.self)
            return try reader.readInteger()
        }
    }
}
