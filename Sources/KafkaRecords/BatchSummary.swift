/// What a log needs to know of a batch or message of any format.
public struct BatchSummary: Sendable, Hashable {
    public var magic: Int8
    public var sizeBytes: Int
    public var baseOffset: Int64
    public var lastOffset: Int64
    /// Ms since the epoch, -1 when the format has none.
    public var maxTimestamp: Int64
    /// -1 in formats before v2.
    public var partitionLeaderEpoch: Int32
    public var attributes: RecordBatchAttributes

    /// Reads a v2 batch's header alone; opens a compressed set of an older format to find its first
    /// offset. The CRC is not looked at.
    ///
    /// - Parameter batch: exactly one batch or outer message.
    public init(
        _ batch: UnsafeRawBufferPointer, reader: inout RecordBatchReader
    ) throws(RecordsError) {
        let entry = try RecordSetCursor.entry(at: 0, in: batch)
        guard entry.magic == 2 else {
            try self.init(message: batch, reader: &reader)
            return
        }
        let header = try RecordBatchHeader(batch)
        try header.validate()
        self.init(header)
    }

    public init(_ header: RecordBatchHeader) {
        magic = header.magic
        sizeBytes = header.sizeBytes
        baseOffset = header.baseOffset
        lastOffset = header.lastOffset
        maxTimestamp = header.maxTimestamp
        partitionLeaderEpoch = header.partitionLeaderEpoch
        attributes = header.attributes
    }

    private init(
        message bytes: UnsafeRawBufferPointer, reader: inout RecordBatchReader
    ) throws(RecordsError) {
        let message = try LegacyMessage(bytes)
        magic = message.magic
        sizeBytes = message.sizeBytes
        lastOffset = message.offset
        maxTimestamp = message.timestamp
        partitionLeaderEpoch = -1
        attributes = message.attributes
        guard message.attributes.codec != CompressionCodec.none else {
            baseOffset = message.offset
            return
        }
        var first: Int64?
        try reader.forEachRecord(in: bytes) { record in
            first = record.offset
            return .stop
        }
        baseOffset = first ?? message.offset
    }

    /// Checks the checksum of a batch or outer message of any format.
    ///
    /// - Throws: `RecordsError.crcMismatch`, or what keeps it from being read.
    public static func verifyCrc(of batch: UnsafeRawBufferPointer) throws(RecordsError) {
        let entry = try RecordSetCursor.entry(at: 0, in: batch)
        if entry.magic == 2 {
            try RecordBatchHeader(batch).verifyCrc(of: batch)
        } else {
            let computed = LegacyMessage.computeCrc(of: batch)
            guard let base = batch.baseAddress else { return }
            let stored: UInt32 = base.bigEndian(12)
            guard computed == stored else { throw .crcMismatch(stored: stored, computed: computed) }
        }
    }
}
