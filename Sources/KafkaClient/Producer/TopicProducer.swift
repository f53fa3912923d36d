public import KafkaRecords

/// Takes records for one topic. Any thread; appends to one topic exclude each other for the time
/// that it takes to encode one record.
public final class TopicProducer: Sendable {
    public let name: String
    /// Number of partitions as last known.
    public var partitionCount: Int { 0 }

    init(name: String) { self.name = name }

    /// Encodes a record into the open batch of its partition. Does not wait and does not allocate.
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
        .full
    }

    /// Waits until the producer's buffer has room again, or the producer is closed.
    public func waitForRoom() async {}

    /// Sends the open batches now; for when the input pauses.
    public func sendPending() {}
}
