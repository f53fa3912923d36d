internal import KafkaBase

/// Walks the records of batches of any format where they lie, without an object per record.
///
/// Owns the decompression contexts and the buffer that compressed batches are unpacked into, and
/// uses them again from batch to batch. One owner at a time; memory is bounded by
/// `maxDecompressedBytes`.
public struct RecordBatchReader: ~Copyable {
    /// Largest size that one batch may decompress to, in bytes.
    public let maxDecompressedBytes: Int
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
        if codec == .none {
            try RecordWalk(header: header).walk(records, body)
        } else {
            try unpack(records, codec)
            try RecordWalk(header: header).walk(unpacked.bytes, body)
        }
    }

    /// Decompresses into `unpacked`.
    mutating func unpack(
        _ bytes: UnsafeRawBufferPointer, _ codec: CompressionCodec
    ) throws(RecordsError) {
        unpacked.reset(keeping: RecordBatchReader.keptBufferBytes)
        try decompressor.decompress(codec, bytes, into: &unpacked, limit: maxDecompressedBytes)
    }
}

/// The loop over the records of one v2 batch.
struct RecordWalk {
    let header: RecordBatchHeader

    func walk(
        _ records: UnsafeRawBufferPointer, _ body: (RecordView) -> RecordVisit
    ) throws(RecordsError) {
        guard var cursor = records.baseAddress else {
            guard header.recordCount == 0 else { throw failure(0, "the batch ends before it") }
            return
        }
        let end = cursor + records.count
        for index in 0..<Int(header.recordCount) {
            let record = try read(&cursor, end: end, index: index)
            if body(record) == .stop { return }
        }
        guard cursor == end else { throw .trailingBytes(end - cursor) }
    }

    /// Length, attributes, timestamp delta, offset delta, key, value, headers.
    @inline(__always)
    private func read(
        _ cursor: inout UnsafeRawPointer, end: UnsafeRawPointer, index: Int
    ) throws(RecordsError) -> RecordView {
        guard let length = Varint.read(&cursor, end: end) else {
            throw failure(index, cursor == end ? "the batch ends before it" : "bad length")
        }
        guard length > 0, length <= Int64(end - cursor) else {
            throw failure(index, "length \(length) with \(end - cursor) bytes left")
        }
        let recordEnd = cursor + Int(length)
        cursor += 1  // attributes: none are defined
        guard let timestampDelta = Varint.read(&cursor, end: recordEnd),
            let offsetDelta = Varint.read(&cursor, end: recordEnd),
            let key = RecordHeaders.readField(&cursor, end: recordEnd),
            let value = RecordHeaders.readField(&cursor, end: recordEnd),
            let headerCount = Varint.read(&cursor, end: recordEnd), headerCount >= 0
        else { throw failure(index, "a field runs over its end") }
        var headers = RecordHeaders.none
        if headerCount > 0 || cursor != recordEnd {
            headers = try readHeaders(cursor, end: recordEnd, count: headerCount, index: index)
            cursor = recordEnd
        }
        return RecordView(
            offset: header.baseOffset &+ offsetDelta,
            timestamp: header.attributes.isLogAppendTime
                ? header.maxTimestamp : header.baseTimestamp &+ timestampDelta,
            key: key.bytes, value: value.bytes, headers: headers, sizeBytes: Int(length),
            sequence: header.baseSequence < 0
                ? -1 : Int32((Int64(header.baseSequence) &+ offsetDelta) & 0x7FFF_FFFF))
    }

    private func readHeaders(
        _ start: UnsafeRawPointer, end: UnsafeRawPointer, count: Int64, index: Int
    ) throws(RecordsError) -> RecordHeaders {
        let bytes = UnsafeRawBufferPointer(start: start, count: end - start)
        // Each header takes two bytes at least.
        guard count <= Int64(bytes.count / 2),
            RecordHeaders.isWellFormed(bytes, count: Int(count))
        else { throw failure(index, "malformed headers") }
        return RecordHeaders(count: Int(count), bytes: bytes)
    }

    private func failure(_ index: Int, _ reason: String) -> RecordsError {
        .invalidRecord(index: index, reason: reason)
    }
}
