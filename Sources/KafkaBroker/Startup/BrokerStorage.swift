import KafkaBase
import KafkaLog
import Logging
import NIOCore

/// Everything of a broker that outlives a request and lies on the disk.
///
/// Any thread holds it; what blocks says so.
final class BrokerStorage: Sendable {
    /// Threads that flush logs at the end. They wait for the disk, which takes several syncs at a
    /// time in hardly more time than one.
    private static let closingThreads = 16

    /// With the directory's node id.
    let settings: LiveSettings
    let directories: LogDirectories
    let store: FileMetadataStore
    let table: TopicTable
    let controller: TopicController
    let logStarts: LogStartKeeper
    let thread: StorageThread
    let cleaners: LogCleaners
    let groupPositions = GroupPositions()
    private let flushQueue: FlushQueue
    private let logger: Logger

    init(
        settings: LiveSettings, directories: LogDirectories, store: FileMetadataStore,
        table: TopicTable, controller: TopicController, logStarts: LogStartKeeper,
        flushQueue: FlushQueue, thread: StorageThread, cleaners: LogCleaners, logger: Logger
    ) {
        self.settings = settings
        self.directories = directories
        self.store = store
        self.table = table
        self.controller = controller
        self.logStarts = logStarts
        self.flushQueue = flushQueue
        self.thread = thread
        self.cleaners = cleaners
        self.logger = logger
    }

    var partitions: [Partition] {
        table.snapshot.byName.values.flatMap(\.partitions)
    }

    var flushStatistics: FlushStatistics { flushQueue.statistics }

    // MARK: Housekeeping

    /// Blocks: on the storage thread.
    func keepHouse(_ task: HousekeepingPlan.Task, nowMs: Int64) {
        switch task {
        case .retention: applyRetention(nowMs: nowMs)
        case .checkpoints: writeCheckpoints(nowMs: nowMs)
        case .removals: removeDue(nowMs: nowMs)
        }
    }

    private func applyRetention(nowMs: Int64) {
        let moved = try? partitions.onTheirLoops { partitions in
            partitions.filter { $0.expireSegments(nowMs: nowMs) }
        }
        _ = logStarts.keepNow(moved ?? [], nowMs: nowMs)
    }

    /// Notes how far the logs are durable, so that a recovery is short, and forgets producers that
    /// were idle for long.
    private func writeCheckpoints(nowMs: Int64) {
        let logs = try? partitions.onTheirLoops { partitions in
            // One that was deleted a moment ago is another thread's already.
            partitions.filter { !$0.isRetired }.map { partition in
                partition.log.removeExpiredProducers(nowMs: nowMs)
                return (
                    directory: partition.log.logDirectoryPath, checkpoint: partition.log.checkpoint
                )
            }
        }
        guard let logs else { return }
        for directory in directories.all where !directory.health.isFailed {
            do throws(LogError) {
                try directory.writeCheckpoints(
                    logs.filter { $0.directory == directory.path }.map(\.checkpoint))
            } catch {
                logger.error("the checkpoints cannot be written: \(error)")
            }
        }
    }

    private func removeDue(nowMs: Int64) {
        for directory in directories.all where !directory.health.isFailed {
            for error in directory.removals.removeDue(nowMs: nowMs) {
                logger.error("a deleted file is left behind: \(error)")
            }
            directory.reserve.restore()
        }
    }

    // MARK: The end

    /// Takes the logs from their event loops, flushes them and closes the directories. Blocks: on
    /// the storage thread, while the event loops run.
    func close() {
        do {
            let logs = try partitions.onTheirLoops { partitions in partitions.map { $0.retire() } }
            flushQueue.shutdown()
            for directory in directories.all {
                close(directory, logs.filter { $0.logDirectoryPath == directory.path })
            }
        } catch {
            logger.error("no clean shutdown: \(error)")
        }
    }

    private func close(_ directory: LogDirectory, _ logs: [PartitionLog]) {
        do throws(LogError) {
            try directory.close(logs, threads: BrokerStorage.closingThreads)
        } catch {
            logger.error("no clean shutdown: \(error)")
        }
    }
}
