internal import KafkaRecords

/// What finding one's way in a log needs of a batch or message of any format, read from its first
/// bytes.
struct BatchFrame: Sendable, Equatable {
    /// Bytes of a header that are enough for any format.
    static let headerBytes = RecordBatchHeader.byteCount
    /// Larger offsets are damage. The limit keeps sums of offsets far from overflow.
    static let maxOffset = Int64.max >> 1

    /// Of the first byte, in the file.
    var position: Int
    var sizeBytes: Int
    var magic: Int8
    /// Of a compressed message set before v2: its last offset, for the first is inside.
    var baseOffset: Int64
    var lastOffset: Int64
    /// Ms since the epoch, -1 when the format has none (v0).
    var maxTimestamp: Int64
    /// -1 before v2.
    var leaderEpoch: Int32
    var attributes: RecordBatchAttributes

    var end: Int { position + sizeBytes }

    /// Whether the offsets can follow a batch that ends below `offset`.
    func follows(_ offset: Int64) -> Bool {
        baseOffset >= offset && lastOffset >= baseOffset && lastOffset <= BatchFrame.maxOffset
    }

    /// Whether its offsets can be those of a segment: indexes keep 32 bits of them, so a segment
    /// that is appended to does not go further. The CRC does not cover the base offset.
    func fits(segmentAt segmentBase: Int64) -> Bool {
        lastOffset - segmentBase <= Int64(Int32.max)
    }

    /// - Parameter bytes: the first bytes, up to `headerBytes` of them.
    /// - Throws: `RecordsError` where length or magic cannot be.
    init(_ bytes: UnsafeRawBufferPointer, position: Int) throws(RecordsError) {
        let entry = try RecordSetCursor.entry(at: position, in: bytes)
        self.position = position
        sizeBytes = entry.sizeBytes
        magic = entry.magic
        if entry.magic == 2 {
            let header = try RecordBatchHeader(bytes)
            baseOffset = header.baseOffset
            lastOffset = header.lastOffset
            maxTimestamp = header.maxTimestamp
            leaderEpoch = header.partitionLeaderEpoch
            attributes = header.attributes
        } else {
            baseOffset = entry.offsetField
            lastOffset = entry.offsetField
            let timestampEnd = 26
            maxTimestamp =
                entry.magic == 1 && bytes.count >= timestampEnd ? bytes.bigEndian(18) : -1
            leaderEpoch = -1
            attributes = RecordBatchAttributes(
                rawValue: bytes.count > 17 ? Int16(bytes[17]) : 0)
        }
    }
}
