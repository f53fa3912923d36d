internal import KafkaBase
internal import KafkaRecords
internal import NIOCore
internal import Synchronization

/// Where open batches get their memory from and go when they are closed.
protocol BatchSink: AnyObject, Sendable {
    var now: NIODeadline { get }
    /// Takes bytes of the producer's buffer, if it has them.
    func reserve(_ bytes: Int) -> Bool
    func release(_ bytes: Int)
    func takeMemory() -> BatchMemory
    /// A batch was opened: it has to be closed when its time is up.
    func batchOpened()
    /// Takes a closed batch. Those of one partition come in order.
    func submit(_ batch: ProducerBatch)
}

/// The open batches of one topic, one for each partition that has records. A value whose owner
/// locks it; bounded by what its sink lets it reserve.
struct OpenBatches {
    fileprivate struct Slot {
        var queue: PartitionQueue
        /// Nil while there is no open batch.
        var memory: BatchMemory?
        /// Of the open batch, before compression.
        var sizeBytes = 0
        /// Of its records' keys and values.
        var payloadBytes = 0
        /// Taken of the producer's buffer for the open batch.
        var reservedBytes = 0
        var openedAt = NIODeadline.uptimeNanoseconds(0)
        /// Who waits for records of the open batch.
        var deliveries: [ProducerBatch.Delivery] = []
    }

    private var slots: [Slot] = []
    private var picker: PartitionPicker
    /// Why no records are taken; `isRefusing` says whether there is a reason, as that is asked for
    /// each record.
    private var refusal: KafkaError?
    private var isRefusing = false
    private var isEnded = false
    private let topic: String
    private let sink: any BatchSink
    private let makeQueue: @Sendable (Int32) -> PartitionQueue

    private let bufferBytes: Int
    /// Bytes taken of the buffer for a batch to begin with; doubled when they are used up. Batches
    /// of all partitions that have just begun leave half of the buffer free.
    private var firstReserveBytes = 64 << 10

    /// - Parameter bufferBytes: what the sink lets be reserved in all.
    init(
        topic: String, partitioner: Partitioner, sink: any BatchSink, bufferBytes: Int = .max,
        makeQueue: @escaping @Sendable (Int32) -> PartitionQueue
    ) {
        self.topic = topic
        self.sink = sink
        self.bufferBytes = bufferBytes
        self.makeQueue = makeQueue
        picker = PartitionPicker(partitioner, partitionCount: 0, available: [])
    }

    var partitionCount: Int { slots.count }
    var queues: [PartitionQueue] { slots.map(\.queue) }

    /// Takes the topic's partitions and leaders as they are now. Partitions never become fewer.
    mutating func update(_ topic: ClusterMetadata.Topic) {
        let count = topic.partitions.last.map { Int($0.partition) + 1 } ?? 0
        while slots.count < count { slots.append(Slot(queue: makeQueue(Int32(slots.count)))) }
        firstReserveBytes = min(64 << 10, max(256, bufferBytes / 2 / max(1, slots.count)))
        picker.update(
            partitionCount: slots.count,
            available: topic.partitions.filter { $0.leader != nil }.map(\.partition))
    }

    // MARK: Records

    /// Encodes a record into its partition's batch.
    ///
    /// - Parameter bound: bytes that it may take.
    @inline(__always)
    mutating func append(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, timestamp: Int64,
        headers: EncodedHeaders?, partition: Int32?, bound: Int, delivery: RecordDelivery? = nil
    ) throws(KafkaError) -> AppendResult {
        if isRefusing { throw refusal ?? .closed }
        var index = Int(partition ?? picker.pick(key: key))
        guard index >= 0, index < slots.count else {
            throw .unknownPartition(
                TopicPartition(topic: topic, partition: Int32(truncatingIfNeeded: index)))
        }
        if slots[index].sizeBytes + bound > slots[index].reservedBytes {
            if partition == nil, closeIfFull(index, for: bound) {
                // A record without a key goes elsewhere then.
                index = Int(picker.pick(key: key))
            }
            guard makeRoom(for: bound, in: index) else {
                closeAll()
                return .full
            }
        }
        if let size = slots[index].memory?.append(
            key: key, value: value, timestamp: timestamp, headers: headers)
        {
            slots[index].sizeBytes = size
            slots[index].payloadBytes += (key?.count ?? 0) + (value?.count ?? 0)
            if let delivery { slots[index].wait(delivery) }
        }
        return .accepted
    }

    /// Lets the open batch grow, or opens one; false when the producer's buffer is full.
    private mutating func makeRoom(for bytes: Int, in index: Int) -> Bool {
        let limit = slots[index].queue.batchBytesLimit.load(ordering: .relaxed)
        if !closeIfFull(index, for: bytes), slots[index].memory != nil {
            let reserved = slots[index].reservedBytes
            let more = min(max(slots[index].sizeBytes + bytes, 2 * reserved), limit) - reserved
            guard more <= 0 || sink.reserve(more) else { return false }
            slots[index].reservedBytes += max(0, more)
            return true
        }
        let needed = RecordBatchHeader.byteCount + bytes
        let reserved = max(min(firstReserveBytes, limit), needed)
        guard sink.reserve(reserved) else { return false }
        slots[index].memory = sink.takeMemory()
        slots[index].sizeBytes = RecordBatchHeader.byteCount
        slots[index].reservedBytes = reserved
        slots[index].openedAt = sink.now
        sink.batchOpened()
        return true
    }

    // MARK: Closing

    /// Closes an open batch that has no room for a record.
    private mutating func closeIfFull(_ index: Int, for bytes: Int) -> Bool {
        let limit = slots[index].queue.batchBytesLimit.load(ordering: .relaxed)
        guard slots[index].memory != nil, slots[index].sizeBytes + bytes > limit else {
            return false
        }
        close(index)
        return true
    }

    private mutating func close(_ index: Int) {
        guard let memory = slots[index].memory else { return }
        let slot = slots[index]
        slots[index].memory = nil
        slots[index].sizeBytes = 0
        slots[index].payloadBytes = 0
        slots[index].reservedBytes = 0
        slots[index].deliveries = []
        picker.batchClosed(Int32(index))
        sink.release(slot.reservedBytes - slot.sizeBytes)
        let batch = ProducerBatch(
            partition: slot.queue, content: .filled(memory),
            recordCount: memory.builder.recordCount, uncompressedBytes: slot.sizeBytes,
            reservedBytes: slot.sizeBytes, createdAt: slot.openedAt)
        batch.payloadBytes = slot.payloadBytes
        batch.deliveries = slot.deliveries
        sink.submit(batch)
    }

    mutating func closeAll() {
        for index in slots.indices where slots[index].memory != nil { close(index) }
    }

    /// Closes batches that were opened before a time, unless their partition has others waiting
    /// to be sent: then they had better go on filling.
    ///
    /// - Returns: when the oldest that stays open was opened; nil when none is.
    mutating func closeBatches(openedBefore time: NIODeadline) -> NIODeadline? {
        var oldest: NIODeadline?
        for index in slots.indices where slots[index].memory != nil {
            let openedAt = slots[index].openedAt
            let isWaiting = slots[index].queue.unsentCount.load(ordering: .relaxed) > 0
            if openedAt <= time, !isWaiting {
                close(index)
            } else {
                // One that waits for others is looked at again a linger time from now.
                let base = max(openedAt, time)
                oldest = oldest.map { min($0, base) } ?? base
            }
        }
        return oldest
    }

    /// Refuses records from now on; nil takes them again, unless `end` was called.
    mutating func refuse(_ error: KafkaError?) {
        guard !isEnded else { return }
        refusal = error
        isRefusing = error != nil
    }

    /// Closes all, and refuses records from now on.
    mutating func end() {
        closeAll()
        refuse(.closed)
        isEnded = true
    }
}

extension OpenBatches.Slot {
    /// The record that was appended last is waited for.
    fileprivate mutating func wait(_ delivery: RecordDelivery) {
        guard let memory else { return }
        deliveries.append(
            ProducerBatch.Delivery(index: memory.builder.recordCount - 1, delivery: delivery))
    }
}
