internal import KafkaBase

/// The loop over the records of one v2 batch, all of them at once, or piece by piece where the
/// whole batch is not to be in memory. A value; holds nothing but how far it got.
public struct RecordWalk {
    private let header: RecordBatchHeader
    /// Of the record that comes next.
    private var index = 0
    /// The visitor asked to stop.
    public private(set) var isStopped = false
    /// What a piece must hold from where the walk ended, for it to go on; 0 when that is not known.
    public private(set) var neededBytes = 0

    /// All records that the header announces were handed out.
    public var isComplete: Bool { index >= Int(header.recordCount) }

    /// - Parameter header: one that `validate` accepts.
    public init(_ header: RecordBatchHeader) {
        self.header = header
    }

    /// Calls `body` for each record of a piece until it says stop.
    ///
    /// - Parameters:
    ///   - piece: decompressed records, from where the walk of the piece before ended.
    ///   - isLast: the batch ends with this piece. Otherwise a record that is cut off at its end is
    ///     left for the next one.
    /// - Returns: bytes of the piece that were walked over.
    /// - Throws: `RecordsError` where a record is not formed as it should be.
    @discardableResult
    public mutating func walk(
        _ piece: UnsafeRawBufferPointer, isLast: Bool, _ body: (RecordView) -> RecordVisit
    ) throws(RecordsError) -> Int {
        neededBytes = 0
        guard let base = piece.baseAddress else {
            guard !isLast || isComplete else { throw failure(index, "the batch ends before it") }
            return 0
        }
        var cursor = base
        let end = cursor + piece.count
        let count = Int(header.recordCount)
        // In a local: the loop's body may be anything, so a member would be stored each time.
        var next = index
        defer { index = next }
        while next < count {
            if !isLast, !holdsRecord(cursor, end) { return cursor - base }
            let record = try read(&cursor, end: end, index: next)
            next += 1
            if body(record) == .stop {
                isStopped = true
                return cursor - base
            }
        }
        guard cursor == end else { throw .trailingBytes(end - cursor) }
        return cursor - base
    }

    /// Whether a whole record is there, or one whose length makes no sense.
    private mutating func holdsRecord(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
        var cursor = start
        guard let length = Varint.read(&cursor, end: end) else {
            neededBytes = Varint.maxByteCount64
            return end - start >= neededBytes
        }
        guard length > Int64(end - cursor) else { return true }
        // A larger batch than its length field can tell: no need to count further.
        neededBytes = (cursor - start) + Int(clamping: min(length, Int64(Int32.max)))
        return false
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
                ? SequenceNumber.none
                : SequenceNumber.advance(header.baseSequence, by: offsetDelta))
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
