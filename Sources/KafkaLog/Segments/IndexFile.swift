/// The file of an index: appended to while its segment is active, then cut to its entries.
///
/// Owned by its segment. The descriptor is opened when it is first needed and can be let go, so
/// that idle partitions keep none.
struct IndexFile<Entry: IndexEntry> {
    let disk: any Disk
    let path: String
    private(set) var count: Int
    private(set) var last: Entry?
    private var file: (any DiskFile)?
    /// Whether the file was given its full size for further entries.
    private var isPreallocated: Bool

    /// An index whose file may exist, with that many entries.
    init(disk: any Disk, path: String, count: Int, last: Entry?) {
        self.disk = disk
        self.path = path
        self.count = count
        self.last = last
        isPreallocated = false
    }

    /// Makes an empty index with room for entries beforehand, as Kafka does.
    static func create(disk: any Disk, path: String, maxBytes: Int) throws(LogError) -> IndexFile {
        var index = IndexFile(disk: disk, path: path, count: 0, last: nil)
        let file = try disk.open(path, .create)
        try file.truncate(to: 0)
        try file.truncate(to: maxBytes / Entry.byteCount * Entry.byteCount)
        index.isPreallocated = true
        return index
    }

    /// Entries that fit into `maxBytes`.
    static func capacity(maxBytes: Int) -> Int { maxBytes / Entry.byteCount }

    /// Access for look-ups; opens the file when it is not.
    mutating func reader() throws(LogError) -> IndexReader<Entry> {
        IndexReader(file: try opened(), count: count)
    }

    mutating func append(_ entry: Entry, maxBytes: Int) throws(LogError) {
        let file = try opened()
        if !isPreallocated {
            try file.truncate(to: max(count + 1, maxBytes / Entry.byteCount) * Entry.byteCount)
            isPreallocated = true
        }
        try withUnsafeTemporaryAllocation(byteCount: Entry.byteCount, alignment: 8) {
            (buffer) throws(LogError) in
            entry.encode(into: buffer)
            try file.write(UnsafeRawBufferPointer(buffer), at: count * Entry.byteCount)
        }
        count += 1
        last = entry
    }

    /// Cuts the file to its entries.
    mutating func trim() throws(LogError) {
        try opened().truncate(to: count * Entry.byteCount)
        isPreallocated = false
    }

    /// Lets the descriptor go; it opens again when needed.
    mutating func close() {
        file = nil
    }

    /// The open file, to be synced.
    mutating func opened() throws(LogError) -> any DiskFile {
        if let file { return file }
        let opened = try disk.open(path, .create)
        file = opened
        return opened
    }
}
