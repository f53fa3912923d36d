internal import KafkaRecords

/// Walks the batches of a log file from one's start, by their headers alone.
///
/// Reads blocks of a few KiB into a buffer of its user, so that small batches do not cost a system
/// call each and large ones are skipped over.
struct BatchScanner {
    /// A size for the buffer that suits one walk over an index interval.
    static let blockBytes = 4096
    /// One for a walk over a whole segment.
    static let largeBlockBytes = 64 << 10

    private let file: any DiskFile
    private let end: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private var blockStart = 0
    private var blockCount = 0
    /// Where the next batch begins.
    private(set) var position: Int

    /// - Parameters:
    ///   - end: where the file's valid bytes end.
    ///   - buffer: at least `BatchFrame.headerBytes`, the scanner's until it is done.
    init(
        _ file: any DiskFile, from position: Int, to end: Int, buffer: UnsafeMutableRawBufferPointer
    ) {
        self.file = file
        self.position = position
        self.end = end
        self.buffer = buffer
    }

    /// The batch at `position`, which then moves behind it; nil at the end.
    ///
    /// - Throws: `LogError.corrupt` for bytes that cannot be a batch, and for one that runs over
    ///   the end.
    mutating func next() throws(LogError) -> BatchFrame? {
        guard position < end else { return nil }
        let needed = min(BatchFrame.headerBytes, end - position)
        if position < blockStart || position + needed > blockStart + blockCount {
            blockStart = position
            let wanted = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<min(buffer.count, end - position)])
            blockCount = try file.read(into: wanted, at: position)
        }
        let header = UnsafeRawBufferPointer(
            rebasing: buffer[(position - blockStart)..<blockCount].prefix(BatchFrame.headerBytes))
        let frame: BatchFrame
        do throws(RecordsError) {
            frame = try BatchFrame(header, position: position)
        } catch {
            throw .corrupt(path: file.path, position: position, reason: error.description)
        }
        guard frame.end <= end else {
            throw .corrupt(
                path: file.path, position: position,
                reason: "a batch of \(frame.sizeBytes) bytes with \(end - position) left")
        }
        position = frame.end
        return frame
    }

    /// Hands out the batches from one's start on, until `body` wants no more.
    ///
    /// - Parameters:
    ///   - end: where the file's valid bytes end.
    ///   - blockBytes: read at once; more than a few KiB where all of a segment is gone through.
    /// - Throws: as `next`, and what `body` throws.
    static func forEach(
        in file: any DiskFile, from position: Int = 0, to end: Int,
        blockBytes: Int = BatchScanner.blockBytes,
        _ body: (BatchFrame) throws(LogError) -> RecordVisit
    ) throws(LogError) {
        try withUnsafeTemporaryAllocation(byteCount: blockBytes, alignment: 8) {
            (buffer) throws(LogError) in
            var scanner = BatchScanner(file, from: position, to: end, buffer: buffer)
            while let frame = try scanner.next(), try body(frame) == .continue {}
        }
    }

    /// The batch at one position; nil at the end of the file.
    static func frame(
        at position: Int, of file: any DiskFile, sizeBytes: Int
    ) throws(LogError) -> BatchFrame? {
        try withUnsafeTemporaryAllocation(byteCount: BatchFrame.headerBytes, alignment: 8) {
            (buffer) throws(LogError) in
            var scanner = BatchScanner(file, from: position, to: sizeBytes, buffer: buffer)
            return try scanner.next()
        }
    }
}
