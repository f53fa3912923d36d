public import KafkaBase
internal import Synchronization

/// The directory of all partitions' logs: its lock, identity, checkpoints and clean-shutdown
/// marker (Kafka's `LogManager` for one of `log.dirs`).
///
/// Any thread may call; all calls block. Owns the directory from `open` to `close` (or its deinit,
/// which counts as an unclean stop).
public final class LogDirectory: Sendable {
    public let path: String
    public let clusterID: String
    public let nodeID: Int32
    public let directoryID: Uuid
    /// Whether the last owner had flushed everything. If not, loading scans what it had not.
    public let wasCleanShutdown: Bool
    public let health: DirectoryHealth

    let disk: any Disk
    private let onFinding: @Sendable (LogFinding) -> Void
    /// Nil after `close`.
    private let lock: Mutex<DirectoryLock?>
    private let checkpoints: Mutex<Void>

    /// Takes the lock, reads whom the directory belongs to (or notes it, in a new one) and takes
    /// the clean-shutdown marker away, so that a crash while loading counts as unclean.
    ///
    /// - Parameters:
    ///   - clusterID: of the cluster that it must belong to, or will if it is new; nil for any, and
    ///     a random one.
    ///   - lock: of `DirectoryLock.tryAcquire`, if the caller has it already.
    ///   - onFinding: told of everything that loading puts right, once each, on any thread.
    ///   - onFailure: told once, on any thread, of the error after which nothing is written any
    ///     more.
    /// - Throws: `locked` when another process has it; `notOurs`, `corrupt`, `io`.
    public static func open(
        path: String, nodeID: Int32 = 0, clusterID: String? = nil, disk: any Disk = PosixDisk(),
        lock: DirectoryLock? = nil,
        onFinding: @escaping @Sendable (LogFinding) -> Void = { _ in },
        onFailure: @escaping @Sendable (LogError) -> Void = { _ in }
    ) throws(LogError) -> LogDirectory {
        var lock = lock
        if lock == nil { lock = try DirectoryLock.tryAcquire(path, disk: disk) }
        guard let lock else { throw .locked(path: path) }
        let properties = try ownership(path, nodeID: nodeID, clusterID: clusterID, disk: disk)
        let wasClean = try CleanShutdownMarker.exists(disk: disk, directory: path)
        if wasClean { try CleanShutdownMarker.remove(disk: disk, directory: path) }
        return LogDirectory(
            path: path, properties: properties, wasClean: wasClean, disk: disk, lock: lock,
            onFinding: onFinding, onFailure: onFailure)
    }

    private init(
        path: String, properties: MetaProperties, wasClean: Bool, disk: any Disk,
        lock: DirectoryLock, onFinding: @escaping @Sendable (LogFinding) -> Void,
        onFailure: @escaping @Sendable (LogError) -> Void
    ) {
        self.path = path
        clusterID = properties.clusterID
        nodeID = properties.nodeID
        directoryID = properties.directoryID
        wasCleanShutdown = wasClean
        health = DirectoryHealth(path: path, onFailure: onFailure)
        self.disk = disk
        self.lock = Mutex(lock)
        checkpoints = Mutex(())
        self.onFinding = onFinding
    }

    private static func ownership(
        _ path: String, nodeID: Int32, clusterID: String?, disk: any Disk
    ) throws(LogError) -> MetaProperties {
        guard let found = try MetaProperties.read(disk: disk, directory: path) else {
            let new = MetaProperties(
                clusterID: clusterID ?? Uuid.random().description, nodeID: nodeID,
                directoryID: .random())
            try new.write(disk: disk, directory: path)
            return new
        }
        guard found.nodeID == nodeID else {
            throw .notOurs(path: path, reason: "belongs to node \(found.nodeID), not \(nodeID)")
        }
        guard clusterID == nil || clusterID == found.clusterID else {
            throw .notOurs(path: path, reason: "belongs to cluster \(found.clusterID)")
        }
        return found
    }

    // MARK: Logs

    /// Loads every partition's log, several at a time, and recovers it where the last stop was
    /// unclean. Removes what is left of deleted partitions.
    ///
    /// - Parameters:
    ///   - threads: at work at a time.
    ///   - settings: of each partition; called on any of the threads.
    /// - Throws: the first error; `corrupt` is not one of them, since recovery cuts or rebuilds.
    public func loadAll(
        threads: Int = 2,
        settings: @escaping @Sendable (TopicPartition) -> LogSettings = { _ in LogSettings() }
    ) throws(LogError) -> [PartitionLog] {
        let recoveryPoints = try readCheckpoint(OffsetCheckpoint.recoveryPoints)
        let logStarts = try readCheckpoint(OffsetCheckpoint.logStartOffsets)
        var partitions: [(name: String, partition: TopicPartition)] = []
        for entry in try disk.list(path) where entry.isDirectory {
            switch PartitionDirectoryName(entry.name) {
            case .partition(let partition):
                if try holdsLog(entry.name) {
                    partitions.append((entry.name, partition))
                } else {
                    report(.ignored, entry.name, "holds no log")
                }
            case .deleted: try disk.removeTree(path + "/" + entry.name)
            case .setAside, .other:
                report(.ignored, entry.name, "not a partition's directory to load")
            }
        }
        let logs = try ParallelWork.map(partitions, threads: threads) { item throws(LogError) in
            var loader = LogLoader(
                disk: self.disk, directory: self.path + "/" + item.name, partition: item.partition,
                settings: settings(item.partition), wasClean: self.wasCleanShutdown,
                recoveryPoint: recoveryPoints[item.partition] ?? 0,
                logStartOffset: logStarts[item.partition] ?? 0, onFinding: self.onFinding)
            return PartitionLog(try loader.load(), disk: self.disk, health: self.health)
        }
        // A clean stop leaves recovery points at the very ends. From now on the active segments and
        // their indexes change, so none may lie there (see `PartitionLog.recoveryPoint`).
        if !logs.isEmpty { try checkpointRecovered(logs) }
        return logs
    }

    /// On a full disk the recovery points are given up, which takes no room and costs no more than
    /// a longer recovery: the old ones may lie where nothing is certain any more.
    private func checkpointRecovered(_ logs: [PartitionLog]) throws(LogError) {
        do throws(LogError) {
            try writeCheckpoints(logs.map(\.checkpoint))
        } catch .noSpace(let full) {
            try disk.removeFile("\(path)/\(OffsetCheckpoint.recoveryPoints)")
            try disk.syncDirectory(path)
            onFinding(
                LogFinding(kind: .ignored, path: full, reason: "no space left on the disk"))
        }
    }

    /// Whether a directory that is named like a partition's is one. What a crash left before there
    /// was anything in it is none, for it says no more than that there is none.
    private func holdsLog(_ name: String) throws(LogError) -> Bool {
        try disk.list(path + "/" + name).contains { file in
            !file.isDirectory
                && (file.name == PartitionMetadataFile.name
                    || SegmentFileName(file.name)?.kind == .log)
        }
    }

    /// Makes an empty log. Its topic id is durable when this returns.
    ///
    /// - Throws: `io`, `noSpace`, and nothing of it stays; `alreadyExists` where the partition has
    ///   a log.
    public func createLog(
        _ partition: TopicPartition, topicID: Uuid, settings: LogSettings = LogSettings()
    ) throws(LogError) -> PartitionLog {
        try health.check()
        let directory = path + "/" + partition.description
        let metadata = directory + "/" + PartitionMetadataFile.name
        guard try disk.fileSize(metadata) == nil else { throw .alreadyExists(path: directory) }
        do throws(LogError) {
            try disk.createDirectory(directory)
            try PartitionMetadataFile.write(topicID, disk: disk, directory: directory)
            try disk.syncDirectory(path)
            var loader = LogLoader(
                disk: disk, directory: directory, partition: partition, settings: settings,
                wasClean: false, recoveryPoint: 0, logStartOffset: 0, onFinding: onFinding)
            return PartitionLog(try loader.load(), disk: disk, health: health)
        } catch {
            // Else the next attempt would find a log. What else lies there is not this call's.
            try? disk.removeFile(metadata)
            try? disk.removeFile(metadata + ".tmp")
            try? disk.removeDirectory(directory)
            throw error
        }
    }

    /// Takes a log away for good: renames its directory, so that a crash cannot leave half of it
    /// in use, then removes the files. Reads under way go on, for they hold their files open, and
    /// so do flushes, which have nothing more to do in the directory.
    public func deleteLog(_ log: PartitionLog) throws(LogError) {
        let name = PartitionDirectoryName.deletedName(of: log.topicPartition, id: .random())
        let renamed = path + "/" + name
        log.epochFile.retire()
        try disk.rename(log.directoryPath, to: renamed)
        try disk.syncDirectory(path)
        log.directoryPath = renamed
        log.releaseFiles()
        try disk.removeTree(renamed)
    }

    /// Puts a log of no known topic out of the way of one of the same name, under a name that says
    /// what it is (Kafka's `-stray`). The log is not to be used any more.
    public func setAside(_ log: PartitionLog) throws(LogError) {
        let name = PartitionDirectoryName.strayName(of: log.topicPartition, id: .random())
        try disk.rename(log.directoryPath, to: path + "/" + name)
        try disk.syncDirectory(path)
        log.releaseFiles()
    }

    // MARK: Checkpoints and end

    /// Writes down how far each log is known to be durable and where it starts, so that the next
    /// recovery is short. Call it now and then, with the checkpoints of all logs.
    public func writeCheckpoints(_ logs: [LogCheckpoint]) throws(LogError) {
        try health.check()
        var recoveryPoints: [TopicPartition: Int64] = [:]
        var logStarts: [TopicPartition: Int64] = [:]
        for log in logs {
            recoveryPoints[log.topicPartition] = log.recoveryPoint
            logStarts[log.topicPartition] = log.logStartOffset
        }
        try checkpoints.withLock { (_) throws(LogError) in
            try checkpoint(OffsetCheckpoint.recoveryPoints).write(recoveryPoints)
            try checkpoint(OffsetCheckpoint.logStartOffsets).write(logStarts)
        }
    }

    /// Ends the use of the directory: flushes and trims every log, writes the checkpoints and the
    /// clean-shutdown marker, gives the lock back. The logs must not be used any more, nor may
    /// their owner's threads do.
    ///
    /// - Throws: the first error; then there is no marker, and the next start recovers.
    public func close(_ logs: [PartitionLog], threads: Int = 2) throws(LogError) {
        defer { lock.withLock { $0 = nil } }
        try health.check()
        _ = try ParallelWork.map(logs, threads: threads) { log throws(LogError) in
            try log.close()
        }
        try writeCheckpoints(logs.map(\.checkpoint))
        let ends = logs.map { ($0.topicPartition, $0.logEndOffset) }
        try checkpoint(OffsetCheckpoint.replication).write(
            Dictionary(ends, uniquingKeysWith: { _, last in last }))
        try CleanShutdownMarker.write(disk: disk, directory: path)
    }

    func checkpoint(_ name: String) -> OffsetCheckpoint {
        OffsetCheckpoint(disk: disk, directory: path, name: name)
    }

    /// A damaged checkpoint costs a longer recovery, or a longer compaction, not the start.
    func readCheckpoint(_ name: String) throws(LogError) -> [TopicPartition: Int64] {
        do throws(LogError) {
            return try checkpoint(name).read()
        } catch .corrupt(_, _, let reason) {
            report(.ignored, name, reason)
            return [:]
        }
    }

    private func report(_ kind: LogFinding.Kind, _ name: String, _ reason: String) {
        onFinding(LogFinding(kind: kind, path: path + "/" + name, reason: reason))
    }
}
