public import KafkaTransport

/// How a client finds its brokers and how long it waits for them.
///
/// ```swift
/// var configuration = ClientConfiguration(bootstrapServers: [.tcp(host: "kafka", port: 9092)])
/// configuration.clientID = "billing"
/// configuration.requestTimeoutMs = 10_000
/// ```
public struct ClientConfiguration: Sendable {
    /// Tried in random order until one answers. With one Unix socket alone, every broker of the
    /// cluster is reached through that socket, whatever address it advertises.
    public var bootstrapServers: [BrokerAddress]
    /// Sent with every request.
    public var clientID = "skafka"
    /// How long one request may take, in ms.
    public var requestTimeoutMs = 30_000
    /// How long one attempt at a connection may take, in ms.
    public var connectTimeoutMs = 10_000
    /// How long a call waits for any broker to answer, or for a partition to have a leader, in ms.
    public var timeoutMs = 10_000
    /// How long a producer tries to deliver a batch, from its first record on, in ms.
    public var deliveryTimeoutMs = 120_000
    /// How long the cluster may not know a topic before a producer gives up what it has for it, in
    /// ms: it can be made anew meanwhile (librdkafka's `topic.metadata.propagation.max.ms`).
    public var topicPropagationMs = 30_000
    /// Wait before the first repetition, in ms. It doubles up to `retryBackoffMaxMs`, each time
    /// moved by up to a fifth at random.
    public var retryBackoffMs = 100
    public var retryBackoffMaxMs = 1000
    /// Metadata older than this is asked for again when it is next needed, in ms.
    public var metadataMaxAgeMs = 300_000
    /// Largest response accepted, in bytes; it bounds what a broker can make this client hold.
    public var maxResponseBytes = 256 << 20
    /// TLS and authentication, of all connections but those to a Unix socket.
    public var security = ClientSecurity()
    /// Called before each attempt at a bootstrap address. A command that hosts the embedded broker
    /// starts it here when nobody else does. An error it throws counts as a failed attempt.
    public var beforeConnect: (@Sendable () async throws -> Void)?

    public init(bootstrapServers: [BrokerAddress]) {
        self.bootstrapServers = bootstrapServers
    }

    /// Waits before repetitions.
    var backoff: Backoff { Backoff(initialMs: retryBackoffMs, maxMs: retryBackoffMaxMs) }
}
