internal import KafkaRecords

/// A segment's batches whole, one after the other, with their CRC checked.
///
/// Owns its buffer, which grows when a batch is larger, and goes with it. Blocks.
struct BatchStream: ~Copyable {
    struct Batch {
        var header: RecordBatchHeader
        /// Valid until the next call.
        var bytes: UnsafeRawBufferPointer
    }

    private let file: any DiskFile
    private let end: Int
    private var position: Int
    private var buffer: ScanBuffer

    init(_ file: any DiskFile, from position: Int, to end: Int, bufferBytes: Int) {
        self.file = file
        self.position = position
        self.end = end
        buffer = ScanBuffer(
            capacity: max(min(bufferBytes, end - position), BatchFrame.headerBytes))
    }

    /// Nil at the end.
    ///
    /// - Throws: `io`; `corrupt` for what is no sound v2 batch. Older formats are none: what they
    ///   hold cannot be marked with a delete horizon.
    mutating func next() throws(LogError) -> Batch? {
        guard position < end else { return nil }
        let start = try buffer.load(
            file, at: position, count: min(BatchFrame.headerBytes, end - position), limit: end)
        let frame: BatchFrame
        do throws(RecordsError) {
            frame = try BatchFrame(start, position: position)
        } catch {
            throw corrupt(error.description)
        }
        guard frame.magic == 2 else {
            throw corrupt("messages of format v\(frame.magic) are not compacted")
        }
        guard frame.sizeBytes <= end - position else {
            throw corrupt("a batch of \(frame.sizeBytes) bytes with \(end - position) left")
        }
        let bytes = try buffer.load(file, at: position, count: frame.sizeBytes, limit: end)
        do throws(RecordsError) {
            let header = try RecordBatchHeader(bytes)
            try header.verifyCrc(of: bytes)
            position = frame.end
            return Batch(header: header, bytes: bytes)
        } catch {
            throw corrupt(error.description)
        }
    }

    private func corrupt(_ reason: String) -> LogError {
        .corrupt(path: file.path, position: position, reason: reason)
    }
}
