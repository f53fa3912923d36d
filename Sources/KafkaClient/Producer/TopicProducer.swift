internal import KafkaBase
public import KafkaRecords
internal import NIOConcurrencyHelpers
internal import NIOCore

/// Takes records for one topic. Any thread; appends to one topic exclude each other for the time
/// that it takes to encode one record.
///
///     let logs = try await producer.topic("logs")
///     while try logs.append(key: nil, value: line, timestamp: nowMs) == .full {
///         await logs.waitForRoom()
///     }
///     logs.sendPending()
///
/// Owns the topic's open batches, one for each partition that has records; closed ones go to the
/// producer's sender.
public final class TopicProducer: Sendable {
    public let name: String

    private let lock = NIOLock()
    /// Only under `lock`. No box that locks it, as that would cost a closure for each record.
    private nonisolated(unsafe) var batches: OpenBatches
    private let sender: ProducerSender
    private let maxRecordBytes: Int

    init(
        _ topic: ClusterMetadata.Topic, sender: ProducerSender,
        configuration: ProducerConfiguration,
        makeQueue: @escaping @Sendable (Int32) -> PartitionQueue
    ) {
        name = topic.name
        self.sender = sender
        maxRecordBytes = configuration.maxRequestBytes
        batches = OpenBatches(
            topic: topic.name, partitioner: configuration.partitioner, sink: sender,
            bufferBytes: configuration.bufferBytes, makeQueue: makeQueue)
        batches.update(topic)
    }

    /// Number of partitions as last known.
    public var partitionCount: Int { lock.withLock { batches.partitionCount } }

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
        try append(
            key: key, value: value, timestamp: timestamp, headers: headers, partition: partition,
            delivery: nil)
    }

    /// The same with one who waits for the delivery.
    @inline(__always)
    func append(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, timestamp: Int64,
        headers: EncodedHeaders?, partition: Int32?, delivery: RecordDelivery?
    ) throws(KafkaError) -> AppendResult {
        let bound = RecordBatchBuilder.upperBound(
            keyBytes: key?.count ?? 0, valueBytes: value?.count ?? 0, headers: headers)
        guard bound <= maxRecordBytes else { throw tooLarge(bound) }
        lock.lock()
        defer { lock.unlock() }
        return try batches.append(
            key: key, value: value, timestamp: timestamp, headers: headers, partition: partition,
            bound: bound, delivery: delivery)
    }

    private func tooLarge(_ bytes: Int) -> KafkaError {
        KafkaError(
            .invalidArgument,
            "record of \(bytes) bytes for \(name) is larger than the \(maxRecordBytes) allowed")
    }

    /// Waits until the producer's buffer has room again, the producer is closed, or the task is
    /// cancelled.
    public func waitForRoom() async {
        await sender.budget.waitForRoom()
    }

    /// Sends the open batches now; for when the input pauses.
    public func sendPending() {
        lock.withLock { batches.closeAll() }
    }

    /// Keeps batches from becoming larger; for who knows that the topic takes no larger ones. A
    /// record that is larger still gets a batch of its own.
    public func limitBatches(toBytes bytes: Int) {
        for queue in lock.withLock({ batches.queues }) { queue.limitBatches(toBytes: bytes) }
    }

    // MARK: For the sender

    /// See `OpenBatches.closeBatches`.
    func closeBatches(openedBefore time: NIODeadline) -> NIODeadline? {
        lock.withLock { batches.closeBatches(openedBefore: time) }
    }

    /// Takes the topic's partitions and leaders as they are now.
    ///
    /// - Returns: the queues, by partition number.
    func update(_ topic: ClusterMetadata.Topic) -> [PartitionQueue] {
        lock.withLock {
            batches.update(topic)
            return batches.queues
        }
    }

    /// See `OpenBatches.refuse`.
    func refuse(_ error: KafkaError?) {
        lock.withLock { batches.refuse(error) }
    }

    /// Refuses records from now on; what is open goes to the sender.
    func close() {
        lock.withLock { batches.end() }
    }
}
