import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore
import Testing

@testable import KafkaTransport

/// The order of an authentication, without a broker.
@Suite struct SaslAuthenticationTests {
    private func versions(_ served: [(ApiKey, Int16)]) -> ApiVersionRanges {
        var response = ApiVersionsResponse()
        response.apiKeys = served.map { key, highest in
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = key.rawValue
            entry.maxVersion = highest
            return entry
        }
        return ApiVersionRanges(response)
    }

    private func machine(_ mechanism: SaslMechanism = .scramSha256) -> SaslAuthentication {
        SaslAuthentication(mechanism, versions([(.saslHandshake, 1), (.saslAuthenticate, 2)]))
    }

    private func reason(_ action: SaslAuthentication.Action) -> String? {
        if case .fail(let reason) = action { reason } else { nil }
    }

    private func answer(
        _ bytes: [UInt8] = [], code: ErrorCode = .none, message: String? = nil,
        lifetimeMs: Int64 = 0
    ) -> SaslAuthenticateResponse {
        var response = SaslAuthenticateResponse()
        response.errorCode = code
        response.errorMessage = message
        response.authBytes = ByteBuffer(bytes: bytes)
        response.sessionLifetimeMs = lifetimeMs
        return response
    }

    @Test func goesRoundUntilBothAreContent() {
        var machine = machine()
        guard case .handshake(let request, version: 1) = machine.begin() else {
            Issue.record("no handshake")
            return
        }
        #expect(request.mechanism == "SCRAM-SHA-256")
        guard case .compute(challenge: nil) = machine.answered(SaslHandshakeResponse()) else {
            Issue.record("the mechanism does not begin")
            return
        }
        for round in 1...2 {
            let step = machine.computed(.send([UInt8(round)]), complaint: nil)
            guard case .authenticate(let request, version: 2) = step else {
                Issue.record("nothing is sent")
                return
            }
            #expect(request.authBytes == ByteBuffer(bytes: [UInt8(round)]))
            guard
                case .compute(challenge: [9]?) = machine.answered(answer([9], lifetimeMs: 1234))
            else {
                Issue.record("the mechanism does not get the challenge")
                return
            }
        }
        guard case .done(sessionLifetimeMs: 1234) = machine.computed(.done, complaint: nil) else {
            Issue.record("no end")
            return
        }
    }

    @Test(arguments: [
        [(ApiKey.saslAuthenticate, Int16(2))], [(.saslHandshake, 1)],
        [(.saslHandshake, 0), (.saslAuthenticate, 2)],
    ])
    func needsABrokerThatKnowsIt(served: [(ApiKey, Int16)]) {
        let machine = SaslAuthentication(.plain, versions(served))
        #expect(reason(machine.begin())?.contains("Kafka 1.0") == true)
    }

    @Test func saysWhatIsOffered() {
        var response = SaslHandshakeResponse()
        response.errorCode = .unsupportedSaslMechanism
        response.mechanisms = ["GSSAPI", "PLAIN"]
        #expect(reason(machine().answered(response))?.contains("GSSAPI, PLAIN") == true)
        response.mechanisms = []
        #expect(reason(machine().answered(response))?.contains("nothing") == true)
        response.errorCode = .illegalSaslState
        #expect(
            reason(machine().answered(response))?.contains("security.protocol=PLAINTEXT") == true)
    }

    @Test func givesTheBrokersReasonsAndTheMechanisms() {
        var machine = machine(.oauthBearer)
        let failed = answer(code: .saslAuthenticationFailed, message: "no")
        #expect(reason(machine.answered(failed)) == "no")
        _ = machine.computed(.send([1]), complaint: "{\"status\":\"invalid_token\"}")
        #expect(reason(machine.answered(failed)) == "no; {\"status\":\"invalid_token\"}")
        var silent = self.machine()
        #expect(
            reason(silent.answered(answer(code: .saslAuthenticationFailed)))
                == "\(ErrorCode.saslAuthenticationFailed)")
    }

    @Test func anExchangeWithoutEndEnds() {
        var machine = machine()
        for _ in 0..<8 { #expect(reason(machine.computed(.send([1]), complaint: nil)) == nil) }
        #expect(reason(machine.computed(.send([1]), complaint: nil)) != nil)
    }

    @Test func renewsBeforeTheEnd() {
        var generator = SystemRandomNumberGenerator()
        let delay = { (lifetimeMs: Int64) in
            SaslAuthentication.renewalDelayMs(
                sessionLifetimeMs: lifetimeMs, using: &generator)
        }
        #expect(delay(0) == nil)
        for _ in 0..<100 {
            let some = delay(10_000) ?? 0
            #expect((8500...9500).contains(some))
        }
        #expect(delay(1) == 1)
        #expect(SaslAuthentication.retryDelayMs(remainingMs: 60_000) == 30_000)
        #expect(SaslAuthentication.retryDelayMs(remainingMs: 2001) == 1000)
        #expect(SaslAuthentication.retryDelayMs(remainingMs: 2000) == nil)
        #expect(delay(.max) == Int64(365 * 86_400_000))
    }
}
