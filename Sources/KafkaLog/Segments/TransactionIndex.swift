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

/// The transaction index of a segment: the aborted transactions that ended in it, by the offsets of
/// their markers (Kafka's `TransactionIndex`).
///
/// Owned by its segment. The file is made with the first entry; few segments have one.
struct TransactionIndex {
    /// A segment cannot end more transactions; a larger file is damage.
    private static let maxEntries = 1 << 20

    let disk: any Disk
    let path: String
    /// Whole entries in the file.
    private(set) var count: Int
    /// Whether the file was written or cut, so that its segment's sync has to take it along. Also
    /// when nothing is in it: what a crash brings back would be taken for entries.
    private var isChanged: Bool

    init(disk: any Disk, path: String, count: Int, isChanged: Bool = false) {
        self.disk = disk
        self.path = path
        self.count = count
        self.isChanged = isChanged
    }

    /// Adds entries behind those that are there. When that fails the old ones stay.
    mutating func append(_ entries: [TransactionIndexEntry]) throws(LogError) {
        let size = TransactionIndexEntry.byteCount
        let file = try disk.open(path, .create)
        isChanged = true
        do throws(LogError) {
            try file.write(entries.encoded(), at: count * size)
        } catch {
            try file.truncate(to: count * size)
            throw error
        }
        count += entries.count
    }

    /// Drops entries at the end, as a failed append demands.
    mutating func truncate(to count: Int) throws(LogError) {
        guard count < self.count else { return }
        self.count = count
        try disk.open(path, .readWrite).truncate(to: count * TransactionIndexEntry.byteCount)
    }

    /// The open file, to be synced; nil where nothing has changed.
    func changedFile() throws(LogError) -> (any DiskFile)? {
        isChanged ? try disk.open(path, .readWrite) : nil
    }

    /// The transactions that overlap a range of offsets.
    ///
    /// - Returns: whether segments behind this one cannot have any more of them, too.
    func search(
        from startOffset: Int64, upTo endOffset: Int64
    ) throws(LogError) -> (found: [TransactionIndexEntry], isComplete: Bool) {
        guard count > 0 else { return ([], false) }
        let reader = IndexReader<TransactionIndexEntry>(
            file: try disk.open(path, .read), count: count)
        let before = try reader.last { $0.lastOffset < startOffset }
        var found: [TransactionIndexEntry] = []
        var isComplete = false
        try reader.forEach(from: before.map { $0.slot + 1 } ?? 0) { entry in
            if entry.firstOffset < endOffset { found.append(entry) }
            isComplete = entry.lastStableOffset >= endOffset
            return !isComplete
        }
        return (found, isComplete)
    }

    /// Every entry of a file; none where there is no file. Bytes of half an entry at the end are
    /// left out.
    static func entries(_ path: String, disk: any Disk) throws(LogError) -> [TransactionIndexEntry]
    {
        let size = TransactionIndexEntry.byteCount
        guard let bytes = try disk.content(of: path, maxBytes: maxEntries * size) else { return [] }
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / size).map {
                TransactionIndexEntry(UnsafeRawBufferPointer(rebasing: bytes[($0 * size)...]))
            }
        }
    }
}
