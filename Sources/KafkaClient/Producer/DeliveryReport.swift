public import KafkaRecords
internal import NIOCore

/// What became of one batch. Its records have the offsets from `baseOffset` on, in the order in
/// which they were appended.
public struct DeliveryReport: Sendable {
    public var topic: String
    public var partition: Int32
    /// -1 when it is not known (acks 0, or a duplicate that the broker dropped).
    public var baseOffset: Int64
    public var recordCount: Int
    /// Nil when the batch was delivered.
    public var error: KafkaError?
    /// Bytes of the records' keys and values.
    public var payloadBytes = 0
    /// What the broker set as the records' timestamp, in ms since the epoch; -1 where they keep
    /// their own.
    public var appendTimeMs: Int64 = -1
    /// The batch as it was sent.
    var batch = ByteBuffer()

    public init(
        topic: String, partition: Int32, baseOffset: Int64, recordCount: Int,
        error: KafkaError? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.baseOffset = baseOffset
        self.recordCount = recordCount
        self.error = error
    }

    /// Bytes of memory that the report keeps for `forEachRecord`.
    public var heldBytes: Int { batch.readableBytes }

    /// Lets go of the records.
    public mutating func dropRecords() { batch = ByteBuffer() }

    /// Calls `body` for each record that was delivered, with its offset (-1 when it is not known)
    /// and its timestamp as they are in the log; the rest is as it was appended.
    ///
    /// - Parameter reader: used again from call to call; holds the decompression buffers.
    public func forEachRecord(
        reader: inout RecordBatchReader, _ body: (RecordView) -> Void
    ) throws(RecordsError) {
        guard batch.readableBytes > 0 else { return }
        let outcome = batch.withUnsafeReadableBytes { bytes in
            Result { () throws(RecordsError) in
                try reader.forEachRecord(in: bytes) { record in
                    var record = record
                    // The batch was sent with offsets from 0 on.
                    record.offset = baseOffset < 0 ? -1 : baseOffset + record.offset
                    if appendTimeMs >= 0 { record.timestamp = appendTimeMs }
                    body(record)
                    return .continue
                }
            }
        }
        try outcome.get()
    }
}
