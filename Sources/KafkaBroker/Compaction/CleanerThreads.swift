import KafkaBase
import KafkaLog
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The threads that compact logs in the background (Kafka's `LogCleaner.CleanerThread`).
///
/// They look at the partitions on their event loops and have them put compacted segments in place
/// there; all that takes time they do by themselves, on files. Run from `init` to the end of
/// `shutdown`.
final class CleanerThreads: Sendable {
    private let storage: BrokerStorage
    private let pool: NIOThreadPool
    private let backoffSeconds: Double
    private let isEnded = ConditionLock(value: false)
    private let storageEvents: StorageEvents
    private let logger: Logger
    /// One short lock a round.
    let counters = NIOLockedValueBox(CleanerCounters())

    /// Nothing runs where the settings say so.
    init(_ storage: BrokerStorage, logger: Logger) {
        let settings = storage.settings.current
        let count = settings.isCleanerEnabled ? settings.cleaner.threads : 0
        self.storage = storage
        pool = NIOThreadPool(numberOfThreads: max(count, 1))
        // Not entirely without a pause, whatever the settings say.
        backoffSeconds = max(Double(settings.cleanerBackoffMs) / 1000, 0.01)
        storageEvents = StorageEvents(logger: logger)
        self.logger = logger
        pool.start()
        for _ in 0..<count { pool.submit { _ in self.run() } }
    }

    /// Ends what is under way, which takes moments. Before the partitions are taken from their
    /// event loops.
    func shutdown() async {
        storage.cleaners.stop()
        isEnded.lock()
        isEnded.unlock(withValue: true)
        try? await pool.shutdownGracefully()
    }

    private func run() {
        // Who starts a broker for a moment has other things to do.
        var pauseSeconds = min(backoffSeconds, 1)
        while !ends(within: pauseSeconds) {
            pauseSeconds = compactOne() ? 0 : backoffSeconds
        }
    }

    /// Waits.
    private func ends(within seconds: Double) -> Bool {
        guard isEnded.lock(whenValue: true, timeoutSeconds: seconds) else { return false }
        isEnded.unlock()
        return true
    }

    /// - Returns: whether there may be more to do at once.
    private func compactOne() -> Bool {
        do throws(LogError) {
            switch try storage.cleaners.compactOne(of: storage) {
            case .nothingToDo: return false
            case .compacted(let result):
                counters.withLockedValue { $0.add(result) }
                logger.info("\(result)")
                return true
            case .leftOut(let partition, let error):
                counters.withLockedValue { $0.addFailure() }
                logger.error("\(partition) is not compacted until the next start: \(error)")
                return true
            case .postponed(let partition, let error):
                if case .cancelled = error {
                    logger.debug("\(partition) has changed while it was compacted")
                } else {
                    counters.withLockedValue { $0.addFailure() }
                    storageEvents.report(error)
                }
                return false
            }
        } catch {
            counters.withLockedValue { $0.addFailure() }
            storageEvents.report(error)
            return false
        }
    }
}

/// The logs of the partitions that are served and lie in one log directory, reached on their event
/// loops. Blocks, while those run.
struct ServedLogs: CompactedLogs {
    let storage: BrokerStorage
    let directory: String

    func views() -> [CompactionView] {
        let directory = directory
        let views = try? storage.partitions.onTheirLoops { partitions in
            partitions.compactMap { partition -> CompactionView? in
                guard !partition.isRetired, partition.log.logDirectoryPath == directory else {
                    return nil
                }
                return partition.log.compactionView()
            }
        }
        return views ?? []
    }

    func replace(
        with cleaned: CleanedSegment, in name: TopicPartition
    ) throws(LogError) -> Bool {
        guard let partition = storage.table.snapshot.partition(name.topic, name.partition) else {
            return false
        }
        let result = try? partition.eventLoop.submit {
            Result { () throws(LogError) in
                guard !partition.isRetired else { return false }
                return try partition.log.replace(with: cleaned, nowMs: KafkaClock.system.nowMs)
            }
        }.wait()
        // A loop that takes nothing more has not touched the log.
        return try result?.get() ?? false
    }
}
