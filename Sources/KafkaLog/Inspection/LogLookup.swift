internal import KafkaRecords

/// Finds batches of a log file by their position or their last offset, for a comparison with what
/// an index says of them.
///
/// Owns the file and a read window. One owner, on any one thread; calls block on the disk.
public struct LogLookup: ~Copyable {
    private var walk: LogHeaderWalk
    private var reader = RecordBatchReader()
    /// The batch that the last search by offset ended with.
    private var found: BatchFrame?
    /// Larger batches are not read for their records.
    private static let maxBatchBytes = 512 << 20

    public init(path: String, on disk: any Disk = PosixDisk()) throws(LogError) {
        walk = try LogHeaderWalk(path: path, on: disk)
    }

    /// Last offset of the batch that begins at a position; nil where none does.
    public mutating func lastOffset(at position: Int) throws(LogError) -> Int64? {
        guard position >= 0 else { return nil }
        walk.rewind(to: position)
        return try walk.next()?.lastOffset
    }

    /// Last offset of the first batch from a position on that ends at or above an offset; nil where
    /// none does, or no batch begins at the position.
    public mutating func lastOffset(
        atOrAbove offset: Int64, from position: Int
    ) throws(LogError) -> Int64? {
        found = nil
        guard position >= 0 else { return nil }
        walk.rewind(to: position)
        while let frame = try walk.next() {
            if frame.lastOffset >= offset {
                found = frame
                return frame.lastOffset
            }
        }
        return nil
    }

    /// The largest timestamp of the records in the batch that was found last by offset, in ms; -1
    /// without records, and where they cannot be read.
    public mutating func maxTimestamp() throws(LogError) -> Int64 {
        guard let frame = found, frame.sizeBytes <= LogLookup.maxBatchBytes else {
            return -1
        }
        let bytes = try walk.bytes(of: frame)
        var largest: Int64 = -1
        try? reader.forEachRecord(in: bytes) { record in
            largest = max(largest, record.timestamp)
            return .continue
        }
        return largest
    }
}
