import KafkaTransport

/// Who sent a request. A value.
struct GroupClient: Sendable, Equatable {
    var id: String
    /// As Kafka writes it, with a slash in front.
    var host: String
}

extension GroupClient {
    private static let localHost = "127.0.0.1"

    init(_ context: RequestContext) {
        id = context.clientID ?? ""
        host = "/\(context.scope.host ?? GroupClient.localHost)"
    }
}
