internal import KafkaBase
public import KafkaRecords
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Synchronization

/// Takes records for one topic. Any thread; appends to one topic exclude each other for the time
/// that it takes to encode one record.
///
/// Owns the topic's open batches, one for each partition that has records; closed ones go to the
/// producer's sender.
public final class TopicProducer: Sendable {
    public let name: String

    fileprivate struct Slot {
        var queue: PartitionQueue
        /// Nil while there is no open batch.
        var memory: BatchMemory?
        /// Bytes taken of the producer's buffer for the open batch.
        var reservedBytes = 0
        var openedAt = NIODeadline.uptimeNanoseconds(0)
    }

    fileprivate struct State {
        var slots: [Slot] = []
        var picker: PartitionPicker
        var isClosed = false
    }

    private let lock = NIOLock()
    /// Only under `lock`; a box of its own, as a lock with a value costs a closure per record.
    private nonisolated(unsafe) var state: State
    private let sender: ProducerSender
    private let maxRecordBytes: Int
    private let makeQueue: @Sendable (Int32) -> PartitionQueue

    /// Bytes taken of the buffer for a batch to begin with; doubled when they are used up.
    private static let firstReserveBytes = 64 << 10

    init(
        _ topic: ClusterMetadata.Topic, sender: ProducerSender,
        configuration: ProducerConfiguration,
        makeQueue: @escaping @Sendable (Int32) -> PartitionQueue
    ) {
        name = topic.name
        self.sender = sender
        self.makeQueue = makeQueue
        maxRecordBytes = configuration.maxRequestBytes
        state = State(
            picker: PartitionPicker(configuration.partitioner, partitionCount: 0, available: []))
        state.update(topic, makeQueue)
    }

    /// Number of partitions as last known.
    public var partitionCount: Int { lock.withLock { state.slots.count } }

    /// Encodes a record into the open batch of its partition. Does not wait, and allocates nothing
    /// but memory for batches.
    ///
    /// - Parameters:
    ///   - key: nil is a null key, which an empty one is not; likewise `value`.
    ///   - timestamp: ms since the epoch.
    ///   - partition: nil leaves it to the partitioner.
    /// - Throws: `invalidArgument` for a record larger than `maxRequestBytes`, `unknownPartition`,
    ///   `closed`.
    public func append(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, timestamp: Int64,
        headers: EncodedHeaders? = nil, partition: Int32? = nil
    ) throws(KafkaError) -> AppendResult {
        let bound = RecordBatchBuilder.upperBound(
            keyBytes: key?.count ?? 0, valueBytes: value?.count ?? 0, headers: headers)
        guard bound <= maxRecordBytes else { throw tooLarge(bound) }
        lock.lock()
        defer { lock.unlock() }
        guard !state.isClosed else { throw .closed }
        let number = partition ?? state.picker.pick(key: key)
        let index = Int(number)
        guard state.slots.indices.contains(index) else {
            throw .unknownPartition(TopicPartition(topic: name, partition: number))
        }
        guard let memory = room(for: bound, in: index) else {
            closeAll()
            return .full
        }
        memory.builder.append(timestamp: timestamp, key: key, value: value, headers: headers)
        return .accepted
    }

    private func tooLarge(_ bytes: Int) -> KafkaError {
        KafkaError(
            .invalidArgument,
            "record of \(bytes) bytes for \(name) is larger than the \(maxRecordBytes) allowed")
    }

    /// Waits until the producer's buffer has room again, or the producer is closed.
    public func waitForRoom() async {
        await sender.budget.waitForRoom()
    }

    /// Sends the open batches now; for when the input pauses.
    public func sendPending() {
        lock.withLock { closeAll() }
    }

    // MARK: Batches; under the lock

    /// Where a record of that size goes: the open batch, or a new one; nil when the producer's
    /// buffer is full.
    private func room(for bytes: Int, in index: Int) -> BatchMemory? {
        if let memory = state.slots[index].memory {
            let size = memory.builder.sizeBytes + bytes
            if size <= state.slots[index].reservedBytes { return memory }
            let limit = state.slots[index].queue.batchBytesLimit.load(ordering: .relaxed)
            if size > limit {
                close(index)
            } else {
                let more =
                    min(max(size, 2 * state.slots[index].reservedBytes), max(limit, size))
                    - state.slots[index].reservedBytes
                guard sender.budget.reserve(more) else { return nil }
                state.slots[index].reservedBytes += more
                return memory
            }
        }
        return open(index, for: bytes)
    }

    private func open(_ index: Int, for bytes: Int) -> BatchMemory? {
        let limit = state.slots[index].queue.batchBytesLimit.load(ordering: .relaxed)
        let needed = RecordBatchHeader.byteCount + bytes
        let reserved = max(min(TopicProducer.firstReserveBytes, limit), needed)
        guard sender.budget.reserve(reserved) else { return nil }
        let memory = sender.takeMemory()
        state.slots[index].memory = memory
        state.slots[index].reservedBytes = reserved
        state.slots[index].openedAt = .now()
        sender.batchOpened()
        return memory
    }

    private func close(_ index: Int) {
        guard let memory = state.slots[index].memory else { return }
        state.slots[index].memory = nil
        state.picker.batchClosed(Int32(index))
        let size = memory.builder.sizeBytes
        sender.budget.release(state.slots[index].reservedBytes - size)
        sender.submit(
            ProducerBatch(
                partition: state.slots[index].queue, content: .filled(memory),
                recordCount: memory.builder.recordCount, uncompressedBytes: size,
                reservedBytes: size, createdAt: state.slots[index].openedAt))
    }

    private func closeAll() {
        for index in state.slots.indices where state.slots[index].memory != nil { close(index) }
    }

    // MARK: For the sender

    /// Closes batches that were opened before a time, unless their partition has others waiting
    /// to be sent: then they had better go on filling.
    ///
    /// - Returns: when the oldest that stays open was opened; nil when none is.
    func closeBatches(openedBefore time: NIODeadline) -> NIODeadline? {
        lock.withLock {
            var oldest: NIODeadline?
            for index in state.slots.indices where state.slots[index].memory != nil {
                let openedAt = state.slots[index].openedAt
                let isWaiting = state.slots[index].queue.unsentCount.load(ordering: .relaxed) > 0
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
    }

    /// Takes the topic's partitions and leaders as they are now.
    ///
    /// - Returns: the queues, by partition number.
    func update(_ topic: ClusterMetadata.Topic) -> [PartitionQueue] {
        lock.withLock {
            state.update(topic, makeQueue)
            return state.slots.map(\.queue)
        }
    }

    /// Refuses records from now on; what is open goes to the sender.
    func close() {
        lock.withLock {
            closeAll()
            state.isClosed = true
        }
    }
}

extension TopicProducer.State {
    fileprivate mutating func update(
        _ topic: ClusterMetadata.Topic, _ makeQueue: (Int32) -> PartitionQueue
    ) {
        let count = topic.partitions.last.map { Int($0.partition) + 1 } ?? 0
        while slots.count < count {
            slots.append(TopicProducer.Slot(queue: makeQueue(Int32(slots.count))))
        }
        picker.update(
            partitionCount: slots.count,
            available: topic.partitions.filter { $0.leader != nil }.map(\.partition))
    }
}
