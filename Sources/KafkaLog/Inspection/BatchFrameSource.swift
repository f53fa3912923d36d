internal import KafkaRecords

/// Gives the batches of a log one after the other, and again from one that it gave before.
protocol BatchFrameSource: ~Copyable {
    /// Nil where no batch begins: at the end, and at damage.
    mutating func next() throws(LogError) -> BatchFrame?
    /// The next one will be the batch at this position, which must be one that was given, or 0.
    mutating func rewind(to position: Int)
    /// Where the next batch would begin.
    var position: Int { get }
    /// The log goes on behind `position`, but cannot be read there.
    var isBroken: Bool { get }
}

/// Walks the headers of a log file, without its records.
struct LogHeaderWalk: BatchFrameSource, ~Copyable {
    private var file: InspectedFile
    private(set) var position = 0
    private(set) var isBroken = false
    /// Small, so that large batches are passed over instead of read.
    private static let windowBytes = 32 << 10

    init(path: String, on disk: any Disk) throws(LogError) {
        file = try InspectedFile(path: path, on: disk, windowBytes: LogHeaderWalk.windowBytes)
    }

    mutating func next() throws(LogError) -> BatchFrame? {
        let bytes = UnsafeRawBufferPointer(
            try file.bytes(at: position, count: RecordBatchHeader.byteCount))
        let probe = LogEntryProbe(bytes, remaining: file.size - position, readsNewerMagic: false)
        switch probe {
        case .end: return nil
        case .badLength(0) where try file.isZero(from: position, to: file.size): return nil
        case .badLength, .badMagic, .cutOff:
            isBroken = true
            return nil
        case .entry:
            guard let frame = try? BatchFrame(bytes, position: position) else { return nil }
            position = frame.end
            return frame
        }
    }

    mutating func rewind(to position: Int) {
        self.position = position
        isBroken = false
    }

    /// A batch that `next` gave, whole; valid until the next call.
    mutating func bytes(of frame: BatchFrame) throws(LogError) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(try file.bytes(at: frame.position, count: frame.sizeBytes))
    }
}
