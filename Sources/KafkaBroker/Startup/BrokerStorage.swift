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
    let settings: BrokerSettings
    let directory: LogDirectory
    let store: FileMetadataStore
    let table: TopicTable
    let controller: TopicController
    let thread: StorageThread
    let cleaner: LogCleaner
    private let flushQueue: FlushQueue
    private let logger: Logger

    init(
        settings: BrokerSettings, directory: LogDirectory, store: FileMetadataStore,
        table: TopicTable,
        controller: TopicController, flushQueue: FlushQueue, thread: StorageThread,
        cleaner: LogCleaner, logger: Logger
    ) {
        self.settings = settings
        self.directory = directory
        self.store = store
        self.table = table
        self.controller = controller
        self.flushQueue = flushQueue
        self.thread = thread
        self.cleaner = cleaner
        self.logger = logger
    }

    /// Notes how far the logs are durable, so that a recovery is short. Blocks: on the storage
    /// thread.
    func writeCheckpoints() {
        do {
            try directory.writeCheckpoints(
                onEachLoop { partitions in
                    // One that was deleted a moment ago is another thread's already.
                    partitions.filter { !$0.isRetired }.map(\.log.checkpoint)
                })
        } catch {
            logger.error("the checkpoints cannot be written: \(error)")
        }
    }

    /// Takes the logs from their event loops, flushes them and closes the directory. Blocks: on
    /// the storage thread, while the event loops run.
    func close() {
        do {
            let logs = try onEachLoop { partitions in partitions.map { $0.retire() } }
            flushQueue.shutdown()
            try directory.close(logs, threads: BrokerStorage.closingThreads)
        } catch {
            logger.error("no clean shutdown: \(error)")
        }
    }

    /// Runs work on every event loop with the partitions there, one loop after the other.
    func onEachLoop<Value: Sendable>(
        _ work: @escaping @Sendable ([Partition]) -> [Value]
    ) throws -> [Value] {
        let partitions = table.snapshot.byName.values.flatMap(\.partitions)
        return try partitions.grouped(by: \.eventLoop).flatMap { eventLoop, partitions in
            try eventLoop.submit { work(partitions) }.wait()
        }
    }
}
