internal import Synchronization

/// `leader-epoch-checkpoint` of one partition. Shared by its log and the flush threads.
final class LeaderEpochFile: Sendable {
    static let name = "leader-epoch-checkpoint"

    private let disk: any Disk
    private let path: String
    /// Of the newest content written: an older one that comes later is dropped.
    private let newest = Mutex<Int>(-1)
    private static let retired = Int.max

    init(disk: any Disk, directory: String) {
        self.disk = disk
        path = directory + "/" + LeaderEpochFile.name
    }

    /// Nil where there is no file.
    func read() throws(LogError) -> LeaderEpochCache? {
        let file = CheckpointFile(disk: disk, path: path)
        guard let rows = try file.read(fieldCount: 2) else { return nil }
        var entries: [LeaderEpochCache.Entry] = []
        for row in rows {
            guard let epoch = Int32(row[0]), let offset = Int64(row[1]), epoch >= 0, offset >= 0
            else { throw file.corrupt("malformed row") }
            entries.append(LeaderEpochCache.Entry(epoch: epoch, startOffset: offset))
        }
        return LeaderEpochCache(entries)
    }

    /// Whether the log is being deleted: its directory may be gone, or another log's by now.
    var isRetired: Bool { newest.withLock { $0 == LeaderEpochFile.retired } }

    /// Whether the content of that sequence, or a newer one, was written.
    func hasWritten(_ sequence: Int) -> Bool { newest.withLock { $0 >= sequence } }

    /// Does something in the log's directory, unless the log is being deleted. Blocks.
    func ifInUse(_ body: () throws(LogError) -> Void) throws(LogError) {
        try newest.withLock { (newest) throws(LogError) in
            if newest != LeaderEpochFile.retired { try body() }
        }
    }

    /// Lets nothing be written any more, and waits for what is being written. Blocks.
    func retire() {
        newest.withLock { $0 = LeaderEpochFile.retired }
    }

    /// Durable when it returns, unless the log is being deleted. Blocks.
    ///
    /// - Parameter sequence: rises with each change of the cache.
    func write(_ epochs: LeaderEpochCache, sequence: Int) throws(LogError) {
        try newest.withLock { (newest) throws(LogError) in
            guard sequence >= newest else { return }
            let rows = epochs.entries.map { "\($0.epoch) \($0.startOffset)" }
            try disk.replace(path, with: CheckpointFile.content(rows: rows))
            newest = sequence
        }
    }
}
