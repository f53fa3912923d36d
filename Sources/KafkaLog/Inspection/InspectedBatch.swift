public import KafkaRecords

/// A batch (v2) or message (v0, v1) of a log file, as its header tells it.
public struct InspectedBatch: Sendable {
    /// Where records take their timestamps from (Kafka's `TimestampType`).
    public enum TimestampType: String, Sendable {
        case none = "NoTimestampType"
        case createTime = "CreateTime"
        case logAppendTime = "LogAppendTime"
    }

    /// In the file, in bytes.
    public var position: Int
    public var sizeBytes: Int
    public var magic: Int8
    /// The header of a v2 batch; nil for older messages.
    public var header: RecordBatchHeader?
    /// Of a compressed v0 or v1 message nothing but the records inside tell it; nil when they could
    /// not be read.
    public var baseOffset: Int64?
    public var lastOffset: Int64
    public var attributes: RecordBatchAttributes
    /// Ms since the epoch; -1 in v0.
    public var maxTimestamp: Int64
    public var storedCrc: UInt32
    /// Equal to the stored one in an intact batch.
    public var computedCrc: UInt32

    public var isValid: Bool { storedCrc == computedCrc }
    /// Nil in old formats, which do not say.
    public var recordCount: Int32? { header?.recordCount }

    public var timestampType: TimestampType {
        if magic == 0 { return .none }
        return attributes.isLogAppendTime ? .logAppendTime : .createTime
    }

    /// Sequence number of the last record, -1 without idempotence; they wrap to 0.
    public var lastSequence: Int32 {
        guard let header, header.baseSequence != SequenceNumber.none else {
            return SequenceNumber.none
        }
        return SequenceNumber.advance(header.baseSequence, by: header.lastOffsetDelta)
    }

    /// Ms since the epoch from which compaction may drop the batch's tombstones (KIP-534).
    public var deleteHorizonMs: Int64? {
        guard let header, attributes.hasDeleteHorizon else { return nil }
        return header.baseTimestamp
    }

    /// A v2 batch.
    ///
    /// - Parameter bytes: all of it, at least a header.
    init(batch bytes: UnsafeRawBufferPointer, position: Int) throws(RecordsError) {
        self.init(
            try RecordBatchHeader(bytes), sizeBytes: bytes.count, position: position,
            computedCrc: RecordBatchHeader.computeCrc(of: bytes))
    }

    /// A v2 batch.
    init(_ header: RecordBatchHeader, sizeBytes: Int, position: Int, computedCrc: UInt32) {
        self.header = header
        self.position = position
        self.sizeBytes = sizeBytes
        magic = header.magic
        baseOffset = header.baseOffset
        lastOffset = header.lastOffset
        attributes = header.attributes
        maxTimestamp = header.maxTimestamp
        storedCrc = header.crc
        self.computedCrc = computedCrc
    }

    /// A v0 or v1 message.
    ///
    /// - Parameter bytes: all of it, at least what its format's smallest message has.
    init(message bytes: UnsafeRawBufferPointer, entry: RecordSetEntry, position: Int) {
        self.position = position
        sizeBytes = bytes.count
        magic = entry.magic
        attributes = RecordBatchAttributes(rawValue: Int16(bytes[17]))
        lastOffset = entry.offsetField
        baseOffset = attributes.codec == CompressionCodec.none ? entry.offsetField : nil
        maxTimestamp =
            entry.magic == 1
            ? bytes.bigEndian(18) : -1
        storedCrc = bytes.bigEndian(12)
        computedCrc = LegacyMessage.computeCrc(of: bytes)
    }
}
