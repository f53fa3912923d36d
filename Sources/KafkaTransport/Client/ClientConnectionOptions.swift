/// The limits of a client's connection.
public struct ClientConnectionOptions: Sendable {
    /// Sent with every request; shows in the broker's logs and quotas.
    public var clientID: String
    /// Until the connection stands and the versions are known, in ms.
    public var connectTimeoutMs: Int
    /// Requests without an answer that the connection holds at most.
    public var maxPendingRequests: Int
    /// Largest response accepted, in bytes.
    public var maxResponseBytes: Int
    /// Largest single read from the socket, in bytes.
    public var maxReadBytes: Int
    /// TLS and authentication; not for Unix sockets.
    public var security: ClientSecurity

    public init(
        clientID: String = "skafka", connectTimeoutMs: Int = 10_000, maxPendingRequests: Int = 1000,
        maxResponseBytes: Int = 256 << 20, maxReadBytes: Int = 1 << 20,
        security: ClientSecurity = ClientSecurity()
    ) {
        self.clientID = clientID
        self.connectTimeoutMs = connectTimeoutMs
        self.maxPendingRequests = maxPendingRequests
        self.maxResponseBytes = maxResponseBytes
        self.maxReadBytes = maxReadBytes
        self.security = security
    }
}
