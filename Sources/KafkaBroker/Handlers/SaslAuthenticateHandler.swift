import KafkaBase
import KafkaWire

/// SaslAuthenticate on a listener without SASL, or behind a session that has begun (Kafka's
/// `KafkaApis.handleSaslAuthenticateRequest`).
struct SaslAuthenticateHandler: ApiHandler {
    typealias Request = SaslAuthenticateRequest
    static let servedVersions: ClosedRange<Int16> = 0...2

    func handle(
        _ request: SaslAuthenticateRequest, _ context: RequestContext,
        _ reply: Reply<SaslAuthenticateResponse>
    ) {
        var response = SaslAuthenticateResponse()
        response.errorCode = .illegalSaslState
        response.errorMessage =
            "SaslAuthenticate request received after successful authentication"
        reply.send(response)
    }
}
