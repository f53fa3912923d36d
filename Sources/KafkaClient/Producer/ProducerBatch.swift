internal import KafkaBase
internal import KafkaRecords
internal import NIOCore

/// Who sends, for the brokers' check for duplicates (KIP-98).
struct ProducerIdentity: Sendable, Hashable {
    var id: Int64
    var epoch: Int16
    /// Whether it was given to a transactional id, so that its batches are a transaction's.
    var isTransactional = false
}

/// Memory in which a batch is filled, used again for others.
///
/// One owner at a time, as the batch that it belongs to; hence unchecked.
final class BatchMemory: @unchecked Sendable {
    var builder: RecordBatchBuilder

    init(capacityBytes: Int) {
        builder = RecordBatchBuilder(capacityBytes: capacityBytes)
    }

    /// Adds a record; the batch's size then, in bytes before compression.
    func append(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, timestamp: Int64,
        headers: EncodedHeaders?
    ) -> Int {
        // One access for both calls: each is checked for exclusivity when it runs.
        BatchMemory.append(
            to: &builder, key: key, value: value, timestamp: timestamp, headers: headers)
    }

    @inline(__always)
    private static func append(
        to builder: inout RecordBatchBuilder, key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?, timestamp: Int64, headers: EncodedHeaders?
    ) -> Int {
        builder.append(timestamp: timestamp, key: key, value: value, headers: headers)
        return builder.sizeBytes
    }
}

/// A batch that takes no more records, on its way to the broker.
///
/// One owner at a time: who closed it, then the thread that compresses it, then the sender's event
/// loop. The hand-overs go through locks or the loop's queue; hence unchecked.
final class ProducerBatch: @unchecked Sendable {
    enum Content {
        /// Filled, not encoded.
        case filled(BatchMemory)
        /// A thread is compressing it.
        case compressing
        case encoded(ByteBuffer)
        case failed(RecordsError)
    }

    let partition: PartitionQueue
    var content: Content
    let recordCount: Int
    /// Bytes it takes of the producer's buffer.
    let reservedBytes: Int
    /// Before compression.
    let uncompressedBytes: Int
    /// Of the records' keys and values.
    var payloadBytes = 0
    let createdAt: NIODeadline
    /// Place among the partition's batches; a batch cut in two leaves room for both.
    var order: UInt64 = 0
    var orderSpan: UInt64 = 1 << 20
    /// With what it was sent first; nil before.
    var identity: ProducerIdentity?
    var sequence: Int32 = -1
    /// How often it was sent again, or is to be.
    var retries = 0
    /// Why it was not delivered the last time.
    var lastError: KafkaError?
    /// Who waits for which of its records.
    var deliveries: [Delivery] = []

    struct Delivery {
        /// Of the record in the batch.
        var index: Int
        var delivery: RecordDelivery
    }

    init(
        partition: PartitionQueue, content: Content, recordCount: Int, uncompressedBytes: Int,
        reservedBytes: Int, createdAt: NIODeadline
    ) {
        self.partition = partition
        self.content = content
        self.recordCount = recordCount
        self.uncompressedBytes = uncompressedBytes
        self.reservedBytes = reservedBytes
        self.createdAt = createdAt
    }

    /// Tells those who wait for its records.
    ///
    /// - Parameter result: with the offset of the first record, -1 when it is not known.
    func tell(_ result: Result<Int64, KafkaError>) {
        for waiting in deliveries {
            let outcome = result.map { base in
                RecordMetadata(
                    topic: partition.partition.topic, partition: partition.partition.partition,
                    offset: base < 0 ? -1 : base + Int64(waiting.index))
            }
            waiting.delivery.complete(outcome)
        }
    }

    /// Whether it can be sent now, or fail now.
    var isReady: Bool {
        if case .compressing = content { false } else { true }
    }

    /// Bytes that it takes in a request, as far as is known.
    var sizeBytes: Int {
        if case .encoded(let bytes) = content { bytes.readableBytes } else { uncompressedBytes }
    }

    /// The bytes for the broker, with identity and sequence as they are now.
    ///
    /// - Returns: also the memory that is free again, after the first time.
    func encoded() throws(RecordsError) -> (bytes: ByteBuffer, free: BatchMemory?) {
        switch content {
        case .filled(let memory):
            let bytes = try memory.builder.finish(producer: producerState)
            content = .encoded(bytes)
            return (bytes, memory)
        case .encoded(var bytes):
            guard identity != nil else { return (bytes, nil) }
            content = .compressing  // lets go of the bytes, so that they are changed in place
            RecordBatchPatch.setProducer(producerState, in: &bytes)
            content = .encoded(bytes)
            return (bytes, nil)
        case .failed(let error):
            throw error
        case .compressing:
            preconditionFailure("a batch is sent while it is being compressed")
        }
    }

    private var producerState: RecordBatchBuilder.ProducerState {
        guard let identity else { return .none }
        return RecordBatchBuilder.ProducerState(
            id: identity.id, epoch: identity.epoch, baseSequence: sequence,
            isTransactional: identity.isTransactional)
    }
}
