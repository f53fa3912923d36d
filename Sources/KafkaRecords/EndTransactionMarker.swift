internal import KafkaBase
public import NIOCore

/// The record of a control batch that ends a transaction in one partition (KIP-98; Kafka's
/// `EndTransactionMarker`).
public struct EndTransactionMarker: Sendable, Hashable {
    public var isCommit: Bool
    /// Of the transaction coordinator that wrote it.
    public var coordinatorEpoch: Int32

    private static let valueByteCount = 6
    /// More than a control batch holds; a compressed one that unpacks to more is none.
    private static let maxBatchBytes = 64 << 10

    public init(isCommit: Bool, coordinatorEpoch: Int32) {
        self.isCommit = isCommit
        self.coordinatorEpoch = coordinatorEpoch
    }

    /// Nil for control records of other kinds, such as KRaft's.
    public init?(_ record: RecordView) {
        // Value: i16 version, i32 coordinator epoch.
        guard let value = record.value, value.count >= EndTransactionMarker.valueByteCount,
            let base = value.baseAddress
        else { return nil }
        switch ControlRecordType(key: record.key) {
        case .abort?: isCommit = false
        case .commit?: isCommit = true
        default: return nil
        }
        coordinatorEpoch = base.bigEndian(2)
    }

    /// Reads the marker of a control batch; nil where it holds none, as when compaction has emptied
    /// the batch.
    ///
    /// - Parameter batch: exactly one v2 batch.
    public init?(batch: UnsafeRawBufferPointer) {
        var reader = RecordBatchReader(maxDecompressedBytes: EndTransactionMarker.maxBatchBytes)
        var found: EndTransactionMarker?
        try? reader.forEachRecord(in: batch) { record in
            found = EndTransactionMarker(record)
            return .stop
        }
        guard let found else { return nil }
        self = found
    }

    /// A control batch with this marker, for the log of one partition.
    ///
    /// - Parameter timestamp: ms since the epoch, of the coordinator's clock.
    public func batch(
        producerID: Int64, producerEpoch: Int16, timestamp: Int64
    ) throws(RecordsError) -> ByteBuffer {
        var key = ByteBuffer()
        key.writeInteger(Int16(0))
        key.writeInteger((isCommit ? ControlRecordType.commit : .abort).rawValue)
        var value = ByteBuffer()
        value.writeInteger(Int16(0))
        value.writeInteger(coordinatorEpoch)
        var builder = RecordBatchBuilder(capacityBytes: 128)
        key.withUnsafeReadableBytes { key in
            value.withUnsafeReadableBytes { value in
                builder.append(timestamp: timestamp, key: key, value: value)
            }
        }
        return try builder.finish(
            producer: .init(
                id: producerID, epoch: producerEpoch, baseSequence: -1, isTransactional: true),
            isControl: true)
    }
}
