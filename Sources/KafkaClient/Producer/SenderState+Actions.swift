internal import KafkaBase

/// What bounds the sender, what it hears and what it answers.
extension SenderState {
    struct Limits {
        var maxInFlightPerBroker = 5
        /// Bytes at which a request is full, though it may hold one larger batch.
        var requestBytes = 8 << 20
        var deliveryTimeoutMs = 120_000
        /// How long a topic may be missing until what waits for it is given up.
        var topicPropagationMs = 30_000
        /// How often a batch is sent again at most.
        var retries = Int.max
        /// How long no broker may be reached until what waits is given up.
        var reachTimeoutMs = 10_000
        var isIdempotent = true
        /// Whether a batch that failed keeps those behind it from being sent.
        var stopsAtFailure = false
        /// Before a connection is made again.
        var backoff = Backoff(initialMs: 100, maxMs: 1000)
    }

    struct Request {
        var id: Int
        var broker: Int32
        var batches: [ProducerBatch]
    }

    /// What a broker said of one batch.
    struct Answer {
        var code: ErrorCode
        var baseOffset: Int64 = -1
        var appendTimeMs: Int64 = -1
        var message: String?
    }

    struct Completion {
        var batch: ProducerBatch
        var result: Result<Int64, KafkaError>
        /// Set by the broker; -1 where records keep their own timestamps.
        var appendTimeMs: Int64 = -1
    }

    struct Actions {
        var links = BrokerLinks.Actions()
        var send: [Request] = []
        /// Topics whose leaders are to be asked for.
        var refresh: Set<String> = []
        var needsIdentity = false
        /// Partitions to be added to the transaction; `ProducerTransaction.added` is told how it
        /// ended.
        var additions: [TopicPartition] = []
        var completions: [Completion] = []
        /// Places of batches of which there is one more now, as they were cut in two.
        var cuts: [UInt64] = []
    }
}
