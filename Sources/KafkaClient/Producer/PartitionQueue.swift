internal import DequeModule
internal import KafkaBase
internal import NIOCore
internal import Synchronization

/// The batches of one partition that are on their way. Its fields belong to the sender's event
/// loop, but for the atomic ones.
final class PartitionQueue: @unchecked Sendable {
    let partition: TopicPartition
    /// Closed batches that have not been sent; while there are some, more need not be closed.
    let unsentCount = Atomic<Int>(0)
    /// Largest batch in bytes; smaller than the producer's when the broker refused one.
    let batchBytesLimit: Atomic<Int>

    /// In their order; those to be repeated in front.
    var waiting = Deque<ProducerBatch>()
    /// In the order in which they were sent.
    var inFlight: [ProducerBatch] = []
    var leader: Int32?
    var topicID: Uuid?
    var identity: ProducerIdentity?
    var nextSequence: Int32 = 0
    /// A batch failed: what is in flight comes back before anything more is sent.
    var isDraining = false
    /// The sequence has a hole: go on with another epoch.
    var needsNewEpoch = false
    /// Whether the leader has taken a batch of this producer. Until then it takes any sequence for
    /// the first one, so that a batch behind one that failed would come before it.
    var isKnown = false
    /// Without idempotence, after a failure: one batch at a time keeps the order.
    var sendsOneAtATime = false
    var notBefore = NIODeadline.uptimeNanoseconds(0)
    var backoff: Backoff
    var isListed = false

    init(_ partition: TopicPartition, batchBytes: Int, backoff: Backoff) {
        self.partition = partition
        self.backoff = backoff
        batchBytesLimit = Atomic(batchBytes)
    }

    /// Any thread.
    func limitBatches(toBytes bytes: Int) {
        let limit = batchBytesLimit.load(ordering: .relaxed)
        if bytes < limit { batchBytesLimit.store(max(1024, bytes), ordering: .relaxed) }
    }

    /// Puts a batch back to its place.
    func putBack(_ batch: ProducerBatch) {
        let index = waiting.firstIndex { $0.order > batch.order } ?? waiting.endIndex
        waiting.insert(batch, at: index)
        unsentCount.wrappingAdd(1, ordering: .relaxed)
    }

    /// Drops the batch that was closed last.
    func dropLast() {
        guard waiting.popLast() != nil else { return }
        unsentCount.wrappingSubtract(1, ordering: .relaxed)
    }

    func takeFirst() -> ProducerBatch? {
        guard let batch = waiting.popFirst() else { return nil }
        unsentCount.wrappingSubtract(1, ordering: .relaxed)
        return batch
    }
}
