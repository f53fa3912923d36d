internal import KafkaRecords

/// What a partition remembers of one idempotent or transactional producer (KIP-98; Kafka's
/// `ProducerStateEntry`). A value; its batches are bounded.
public struct ProducerEntry: Sendable, Equatable {
    /// A batch that was appended.
    public struct Batch: Sendable, Equatable {
        public var lastSequence: Int32
        public var lastOffset: Int64
        /// Offsets from its first record to its last.
        public var offsetDelta: Int32
        /// The largest of its records, in ms since the epoch.
        public var timestamp: Int64

        init(lastSequence: Int32, lastOffset: Int64, offsetDelta: Int32, timestamp: Int64) {
            self.lastSequence = lastSequence
            self.lastOffset = lastOffset
            self.offsetDelta = offsetDelta
            self.timestamp = timestamp
        }

        init(_ batch: SequencedBatch) {
            self.init(
                lastSequence: batch.lastSequence, lastOffset: batch.lastOffset,
                offsetDelta: batch.offsetDelta, timestamp: batch.maxTimestamp)
        }

        public var firstOffset: Int64 { lastOffset &- Int64(offsetDelta) }

        public var firstSequence: Int32 {
            lastSequence < 0 ? lastSequence : SequenceNumber.back(lastSequence, by: offsetDelta)
        }
    }

    /// Batches that are remembered: as many as a client may have in flight.
    static let maxBatches = 5
    static let noEpoch: Int16 = -1

    public let producerID: Int64
    /// -1 while nothing of the producer was appended.
    public internal(set) var epoch = Self.noEpoch
    /// Of the last transaction marker, -1 without any.
    public internal(set) var coordinatorEpoch: Int32 = -1
    /// Of the last batch or marker, in ms since the epoch, -1 without any.
    public internal(set) var lastTimestamp: Int64 = -1
    /// First offset of the transaction that is open.
    public internal(set) var transactionFirstOffset: Int64?
    /// The last batches of the epoch, the newest at the end.
    public internal(set) var batches: [Batch] = []

    init(producerID: Int64) {
        self.producerID = producerID
    }

    public var lastSequence: Int32 { batches.last?.lastSequence ?? SequenceNumber.none }
    /// Of the last batch of records, -1 without any.
    public var lastDataOffset: Int64 { batches.last?.lastOffset ?? -1 }

    /// The batch that holds just these sequences already.
    func duplicate(of batch: SequencedBatch) -> Batch? {
        guard batch.epoch == epoch else { return nil }
        return batches.first {
            $0.firstSequence == batch.baseSequence && $0.lastSequence == batch.lastSequence
        }
    }

    mutating func add(_ batch: SequencedBatch) {
        enter(epoch: batch.epoch)
        if batches.count == Self.maxBatches { batches.removeFirst() }
        batches.append(Batch(batch))
        lastTimestamp = batch.maxTimestamp
    }

    mutating func endTransaction(epoch: Int16, coordinatorEpoch: Int32, timestamp: Int64) {
        enter(epoch: epoch)
        self.coordinatorEpoch = coordinatorEpoch
        lastTimestamp = timestamp
        transactionFirstOffset = nil
    }

    /// Sequences begin anew in each epoch.
    private mutating func enter(epoch: Int16) {
        guard self.epoch != epoch else { return }
        self.epoch = epoch
        batches.removeAll()
    }
}
