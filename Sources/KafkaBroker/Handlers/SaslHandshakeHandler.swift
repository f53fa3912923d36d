import KafkaBase
import KafkaWire

/// SaslHandshake on a listener without SASL, or behind a session that has begun: there is nothing
/// to be agreed on (Kafka's `KafkaApis.handleSaslHandshakeRequest`).
struct SaslHandshakeHandler: ApiHandler {
    typealias Request = SaslHandshakeRequest
    static let servedVersions: ClosedRange<Int16> = 0...1

    func handle(
        _ request: SaslHandshakeRequest, _ context: RequestContext,
        _ reply: Reply<SaslHandshakeResponse>
    ) {
        var response = SaslHandshakeResponse()
        response.errorCode = .illegalSaslState
        reply.send(response)
    }
}
