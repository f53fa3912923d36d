/// Walks the records of batches of any format where they lie, without an object per record.
///
/// Owns the decompression contexts and the buffer that compressed batches are unpacked into, and
/// uses them again from batch to batch. One owner at a time; memory is bounded by
/// `maxDecompressedBytes`.
public struct RecordBatchReader: ~Copyable {
    /// Largest size that one batch may decompress to, in bytes.
    public let maxDecompressedBytes: Int
    /// After so many bytes of a v2 batch were unpacked, their records are handed out before more
    /// is. So a large batch takes no more memory than a piece of it and its largest record; but
    /// what is wrong with its end is found after records were handed out.
    public var pieceBytes = Int.max
    /// Bytes that the last compressed batch came to, as far as it was unpacked.
    public private(set) var uncompressedByteCount = 0
    /// Of the buffer, what is kept from one batch to the next.
    private static let keptBufferBytes = 4 << 20

    var decompressor = Decompressor()
    var unpacked = ScratchBuffer(capacity: 0)

    public init(maxDecompressedBytes: Int = 256 << 20) {
        self.maxDecompressedBytes = maxDecompressedBytes
    }

    /// Calls `body` for each record of one batch, in order, until it says stop.
    ///
    /// The CRC is not looked at. Records before one that is malformed have been handed out.
    ///
    /// - Parameter batch: exactly one v2 batch, or one outer message of format v0 or v1.
    /// - Throws: `RecordsError`.
    public mutating func forEachRecord(
        in batch: UnsafeRawBufferPointer, _ body: (RecordView) -> RecordVisit
    ) throws(RecordsError) {
        let entry = try RecordSetCursor.entry(at: 0, in: batch)
        guard entry.sizeBytes == batch.count else {
            throw .truncated(needed: entry.sizeBytes, available: batch.count)
        }
        guard entry.magic == 2 else {
            return try forEachLegacyRecord(in: batch) { record, _ in body(record) }
        }
        let header = try RecordBatchHeader(batch)
        try header.validate()
        let records = UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.byteCount...])
        let codec = header.attributes.codec ?? .none
        var walk = RecordWalk(header)
        if codec == .none {
            try walk.walk(records, isLast: true, body)
        } else {
            let pieceBytes = pieceBytes
            try unpack(records, codec) { (unpacked) throws(RecordsError) in
                guard unpacked.count >= pieceBytes, !walk.isStopped else { return }
                unpacked.removeFirst(try walk.walk(unpacked.bytes, isLast: false, body))
            }
            if !walk.isStopped { try walk.walk(unpacked.bytes, isLast: true, body) }
        }
    }

    /// Decompresses into `unpacked`, which `drain` may take from as it goes.
    mutating func unpack(
        _ bytes: UnsafeRawBufferPointer, _ codec: CompressionCodec,
        drain: (inout ScratchBuffer) throws(RecordsError) -> Void = { _ in }
    ) throws(RecordsError) {
        unpacked.reset(keeping: RecordBatchReader.keptBufferBytes)
        defer { uncompressedByteCount = unpacked.totalCount }
        try decompressor.decompress(
            codec, bytes, into: &unpacked, limit: maxDecompressedBytes, drain: drain)
    }
}
