public import KafkaRecords

/// How a producer batches, sends and repeats.
///
/// ```swift
/// var configuration = ProducerConfiguration()
/// configuration.compression = .zstd
/// configuration.lingerMs = 50
/// let producer = Producer(client: client, configuration: configuration)
/// ```
public struct ProducerConfiguration: Sendable {
    /// When a record counts as delivered.
    public enum Acks: Int16, Sendable {
        /// When the operating system has taken it; no offsets are known, losses are not noticed.
        case none = 0
        /// When the leader has it.
        case leader = 1
        /// When all replicas in sync have it.
        case all = -1
    }

    public var acks = Acks.all
    public var compression = Compression.none
    /// How long an open batch waits for more records, in ms. `sendPending` does not wait.
    public var lingerMs = 5
    /// Largest batch, in bytes before compression. The default stays below the 1,048,588 bytes
    /// that brokers accept by default. A larger record gets a batch of its own.
    public var batchBytes = 1_000_000
    /// Requests without an answer for each broker, and batches for each partition (1 to 5 keep the
    /// order and the duplicate check of idempotence).
    public var maxInFlightPerBroker = 5
    public var partitioner = Partitioner.murmur2
    /// Whether brokers are to drop duplicates that a repetition makes (KIP-98). Needs acks `all`.
    public var idempotent = true
    /// Bytes of records, before compression, that are held until they are delivered. `append`
    /// answers `full` above it. More than a few batches for each partition makes nothing faster,
    /// it only moves memory out of the processor's caches.
    public var bufferBytes = 16 << 20
    /// Largest record accepted, in bytes. The default is what a broker's
    /// `socket.request.max.bytes` lets through.
    public var maxRequestBytes = 100 << 20
    /// The name under which a producer is known across restarts, and with which it writes in
    /// transactions alone (KIP-98); a later producer of the same name fences an earlier one. Needs
    /// acks `all` and idempotence.
    public var transactionalID: String?
    /// How long a transaction may be open until its coordinator aborts it, in ms; brokers allow
    /// 15 minutes by default (`transaction.max.timeout.ms`).
    public var transactionTimeoutMs = 60_000
    /// How often a batch is sent again at most, within `ClientConfiguration.deliveryTimeoutMs`.
    public var retries = Int(Int32.max)
    /// Whether a failed delivery ends it all: what was appended behind it and is not under way to
    /// a broker fails with `closed` and is not sent. A transaction ends with its first failure
    /// anyway.
    public var stopsAtFailure = false
    /// Whether brokers may make a topic that does not exist when it is first asked for.
    public var allowAutoTopicCreation = true

    public init() {}
}
