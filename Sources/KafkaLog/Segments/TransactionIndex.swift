/// An entry of `.txnindex`: an aborted transaction that ended in the segment.
public struct TransactionIndexEntry: IndexEntry {
    public static let byteCount = 34
    /// The only one; Kafka reads a single byte of it.
    public static let version: Int16 = 0

    public var version: Int16
    public var producerID: Int64
    public var firstOffset: Int64
    /// Of the abort marker.
    public var lastOffset: Int64
    /// The last stable offset when the transaction ended.
    public var lastStableOffset: Int64

    public init(
        producerID: Int64, firstOffset: Int64, lastOffset: Int64, lastStableOffset: Int64
    ) {
        version = Self.version
        self.producerID = producerID
        self.firstOffset = firstOffset
        self.lastOffset = lastOffset
        self.lastStableOffset = lastStableOffset
    }

    public init(_ bytes: UnsafeRawBufferPointer) {
        version = bytes.bigEndian(0)
        producerID = bytes.bigEndian(2)
        firstOffset = bytes.bigEndian(10)
        lastOffset = bytes.bigEndian(18)
        lastStableOffset = bytes.bigEndian(26)
    }

    public func encode(into bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBigEndian(version, at: 0)
        bytes.storeBigEndian(producerID, at: 2)
        bytes.storeBigEndian(firstOffset, at: 10)
        bytes.storeBigEndian(lastOffset, at: 18)
        bytes.storeBigEndian(lastStableOffset, at: 26)
    }
}

/// The transaction index of a segment, as far as the log itself has to do with it: it goes with its
/// segment, and a cut log cuts it.
enum TransactionIndex {
    /// Drops the entries of transactions that end at or above an offset. No error without a file.
    static func truncate(
        _ path: String, to offset: Int64, disk: any Disk
    ) throws(LogError) {
        guard let bytes = try disk.content(of: path) else { return }
        let size = TransactionIndexEntry.byteCount
        let kept = bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / size).prefix { slot in
                let entry = TransactionIndexEntry(
                    UnsafeRawBufferPointer(rebasing: bytes[(slot * size)...]))
                return entry.lastOffset < offset
            }.count
        }
        guard kept * size != bytes.count else { return }
        try disk.open(path, .readWrite).truncate(to: kept * size)
    }
}
