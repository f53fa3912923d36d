import KafkaBase

/// A producer as requests name it: its id and its epoch.
struct ProducerIdentity: Sendable, Equatable {
    static let none = ProducerIdentity(id: -1, epoch: -1)

    var id: Int64
    var epoch: Int16
}

/// What a coordinator knows of one transactional id (Kafka's `TransactionMetadata`).
///
/// A value: a transition makes another one, which becomes a record. All but `lastEpoch` stands in
/// the record.
struct TransactionMetadata: Sendable, Equatable {
    static let noProducerID: Int64 = -1
    static let noEpoch: Int16 = -1
    /// The last epoch is kept free, so that a producer can always be fenced.
    static let exhaustedEpoch = Int16.max - 1

    var producerID: Int64
    /// The producer id before the last transition.
    var previousProducerID = noProducerID
    /// That takes over when the transaction has ended, since the epochs are exhausted.
    var nextProducerID = noProducerID
    /// -1 before the first initialisation.
    var epoch = noEpoch
    /// The epoch before, whose holder may repeat its request; -1 when that one is fenced.
    var lastEpoch = noEpoch
    var timeoutMs: Int32
    var status = TransactionStatus.empty
    /// That are part of the transaction.
    var partitions: Set<TopicPartition> = []
    /// Of the first partition's addition, in ms since the epoch; -1 before.
    var startMs: Int64 = -1
    /// Ms since the epoch.
    var lastUpdateMs: Int64
    /// The `transaction.version` that the client worked by: 2 and above raises the epoch with each
    /// transaction (KIP-890).
    var clientVersion: Int16 = 0

    var producer: ProducerIdentity { ProducerIdentity(id: producerID, epoch: epoch) }

    /// First `clientVersion` that raises the epoch with each transaction.
    static let firstVersionWithEpochBump: Int16 = 2

    static func isExhausted(_ epoch: Int16) -> Bool { epoch >= exhaustedEpoch }

    var isEpochExhausted: Bool { Self.isExhausted(epoch) }

    /// As the producer is told it: after the end of the transaction, if that is decided.
    var nextProducer: ProducerIdentity {
        guard status.isPrepared, nextProducerID != Self.noProducerID else { return producer }
        return ProducerIdentity(id: nextProducerID, epoch: 0)
    }
}

/// The transitions. Each is allowed in the states that its caller has checked.
extension TransactionMetadata {
    /// Hands the transactional id to an instance of the producer.
    ///
    /// - Parameters:
    ///   - identity: the new one; the same producer id with another epoch, or a new producer id.
    ///   - lastEpoch: -1 where the former holder must not come back.
    func initialized(
        _ identity: ProducerIdentity, lastEpoch: Int16, timeoutMs: Int32, nowMs: Int64
    ) -> TransactionMetadata {
        TransactionMetadata(
            producerID: identity.id, previousProducerID: producerID, epoch: identity.epoch,
            lastEpoch: lastEpoch, timeoutMs: timeoutMs, lastUpdateMs: nowMs,
            clientVersion: clientVersion)
    }

    func adding(
        _ added: Set<TopicPartition>, clientVersion: Int16, nowMs: Int64
    ) -> TransactionMetadata {
        var next = self
        next.previousProducerID = producerID
        next.status = .ongoing
        next.partitions.formUnion(added)
        if status != .ongoing { next.startMs = nowMs }
        next.lastUpdateMs = nowMs
        next.clientVersion = clientVersion
        return next
    }

    /// Shuts the producer's instance out, whose transaction is to be aborted.
    func fenced() -> TransactionMetadata {
        var next = self
        if epoch < .max { next.epoch += 1 }
        next.lastEpoch = Self.noEpoch
        return next
    }

    /// Decides how the transaction ends.
    ///
    /// - Parameters:
    ///   - clientVersion: from 2 on the epoch rises, so that nothing late can touch the next
    ///     transaction.
    ///   - nextProducerID: -1 unless the epochs are exhausted.
    func prepared(
        _ status: TransactionStatus, clientVersion: Int16, nextProducerID: Int64, nowMs: Int64
    ) -> TransactionMetadata {
        var next = self
        next.previousProducerID = producerID
        next.nextProducerID = nextProducerID
        next.status = status
        if clientVersion >= Self.firstVersionWithEpochBump {
            next.lastEpoch = epoch
            if epoch < .max { next.epoch += 1 }
        }
        // Without a partition there was no start.
        if self.status != .ongoing { next.startMs = nowMs }
        next.lastUpdateMs = nowMs
        next.clientVersion = clientVersion
        return next
    }

    /// All markers are written.
    func completed(nowMs: Int64) -> TransactionMetadata {
        var next = self
        let identity = nextProducer
        next.previousProducerID = producerID
        next.producerID = identity.id
        next.epoch = identity.epoch
        next.nextProducerID = Self.noProducerID
        next.status = status == .prepareCommit ? .completeCommit : .completeAbort
        next.partitions = []
        next.lastUpdateMs = nowMs
        return next
    }
}
