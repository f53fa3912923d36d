public import KafkaBase
internal import NIOConcurrencyHelpers
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
    /// What was taken out of use. Its owner removes it now and then.
    public let removals: DelayedRemovals
    /// Its owner restores it now and then.
    public let reserve: DiskReserve

    let disk: any Disk
    private let onFinding: @Sendable (LogFinding) -> Void
    /// Nil after `close`.
    private let lock: Mutex<DirectoryLock?>
    let checkpoints: DirectoryCheckpoints

    /// Takes the lock, reads whom the directory belongs to (or notes it, in a new one) and takes
    /// the clean-shutdown marker away, so that a crash while loading counts as unclean.
    ///
    /// - Parameters:
    ///   - clusterID: of the cluster that it must belong to, or will if it is new; nil for any, and
    ///     a random one.
    ///   - lock: of `DirectoryLock.tryAcquire`, if the caller has it already.
    ///   - reserveBytes: of the disk, kept back for `DiskReserve`.
    ///   - onFinding: told of everything that loading puts right, once each, on any thread.
    ///   - onFailure: told once, on any thread, of the error after which nothing is written any
    ///     more.
    /// - Throws: `locked` when another process has it; `notOurs`, `corrupt`, `io`.
    public static func open(
        path: String, nodeID: Int32 = 0, clusterID: String? = nil, disk: any Disk = PosixDisk(),
        lock: DirectoryLock? = nil, reserveBytes: Int = DiskReserve.usualBytes,
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
            reserveBytes: reserveBytes, onFinding: onFinding, onFailure: onFailure)
    }

    private init(
        path: String, properties: MetaProperties, wasClean: Bool, disk: any Disk,
        lock: DirectoryLock, reserveBytes: Int,
        onFinding: @escaping @Sendable (LogFinding) -> Void,
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
        self.onFinding = onFinding
        removals = DelayedRemovals(disk: disk)
        reserve = DiskReserve(disk: disk, directory: path, sizeBytes: reserveBytes)
        checkpoints = DirectoryCheckpoints(
            disk: disk, directory: path, reserve: reserve, onFinding: onFinding)
        reserve.restore()
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
    ///   - onProgress: told whenever a log is loaded or a segment scanned, on any of the threads.
    /// - Throws: the first error; `corrupt` is not one of them, since recovery cuts or rebuilds.
    public func loadAll(
        threads: Int = 2,
        settings: @escaping @Sendable (TopicPartition) -> LogSettings = { _ in LogSettings() },
        onProgress: @escaping @Sendable (LoadProgress) -> Void = { _ in }
    ) throws(LogError) -> [PartitionLog] {
        let (recoveryPoints, logStarts) = try checkpoints.read()
        let windows = wasCleanShutdown ? try checkpoints.readWindows() : [:]
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
        let progress = NIOLockedValueBox(LoadProgress(path: path, logCount: partitions.count))
        let tell: @Sendable (_ doneCount: Int, _ scannedBytes: Int) -> Void = { count, bytes in
            onProgress(
                progress.withLockedValue { progress in
                    progress.doneCount += count
                    progress.scannedBytes += bytes
                    return progress
                })
        }
        let logs = try ParallelWork.map(partitions, threads: threads) { item throws(LogError) in
            defer { tell(1, 0) }
            return try self.reserve.spending { () throws(LogError) in
                var loader = LogLoader(
                    disk: self.disk, directory: self.path + "/" + item.name,
                    partition: item.partition, settings: settings(item.partition),
                    wasClean: self.wasCleanShutdown,
                    recoveryPoint: recoveryPoints[item.partition] ?? 0,
                    logStartOffset: logStarts[item.partition] ?? 0, onFinding: self.onFinding)
                loader.windows = windows[item.partition] ?? [:]
                loader.onScanned = { tell(0, $0) }
                return try self.makeLog(loader.load())
            }
        }
        // A clean stop leaves recovery points at the very ends. From now on the active segments and
        // their indexes change, so none may lie there (see `PartitionLog.recoveryPoint`).
        if !logs.isEmpty { try checkpoints.writeRecovered(logs.map(\.checkpoint)) }
        return logs
    }

    /// The partitions whose logs lie here. Changes nothing.
    public func partitions() throws(LogError) -> [TopicPartition] {
        var found: [TopicPartition] = []
        for entry in try disk.list(path) where entry.isDirectory {
            guard case .partition(let partition) = PartitionDirectoryName(entry.name),
                try holdsLog(entry.name)
            else { continue }
            found.append(partition)
        }
        return found
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

    /// Nobody has made durable yet what is in the directory of a log without records.
    func makeLog(_ loaded: LoadedLog) throws(LogError) -> PartitionLog {
        let log = PartitionLog(loaded, disk: disk, health: health, removals: removals)
        guard log.logEndOffset == 0 else { return log }
        log.flushes.directoryChanged()
        let metadata = loaded.directory + "/" + PartitionMetadataFile.name
        if try disk.fileSize(metadata) != nil { log.flushes.metadataWritten(metadata) }
        return log
    }

    func makeLoader(
        of partition: TopicPartition, settings: LogSettings
    ) -> LogLoader {
        LogLoader(
            disk: disk, directory: path + "/" + partition.description, partition: partition,
            settings: settings, wasClean: false, recoveryPoint: 0, logStartOffset: 0,
            onFinding: onFinding)
    }

    // MARK: The end

    /// Ends the use of the directory: flushes and trims every log, writes the checkpoints and the
    /// clean-shutdown marker, gives the lock back. The logs must not be used any more, nor may
    /// their owner's threads do.
    ///
    /// - Throws: the first error; then there is no marker, and the next start recovers.
    public func close(_ logs: [PartitionLog], threads: Int = 2) throws(LogError) {
        defer { lock.withLock { $0 = nil } }
        try health.check()
        _ = try ParallelWork.map(logs, threads: threads) { log throws(LogError) in
            try self.reserve.spending { () throws(LogError) in try log.close() }
        }
        try checkpoints.write(logs.map(\.checkpoint))
        let ends = logs.map { ($0.topicPartition, $0.logEndOffset) }
        try checkpoints.writeEnds(Dictionary(ends, uniquingKeysWith: { _, last in last }))
        try checkpoints.writeWindows(logs)
        try reserve.spending { () throws(LogError) in
            try CleanShutdownMarker.write(disk: disk, directory: path)
        }
    }

    private func report(_ kind: LogFinding.Kind, _ name: String, _ reason: String) {
        onFinding(LogFinding(kind: kind, path: path + "/" + name, reason: reason))
    }
}

/// How far the loading of a log directory has come.
public struct LoadProgress: Sendable, Equatable {
    public var path: String
    public var logCount: Int
    public var doneCount = 0
    /// Of records whose CRC was checked, after an unclean stop.
    public var scannedBytes = 0
}
