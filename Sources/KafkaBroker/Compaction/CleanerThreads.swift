import KafkaBase
import KafkaLog
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// The threads that compact logs in the background (Kafka's `LogCleaner.CleanerThread`).
///
/// They look at the partitions on their event loops and have them put compacted segments in place
/// there; all that takes time they do by themselves, on files. Run from `init` to the end of
/// `shutdown`; changed settings give the work to new threads, as in Kafka.
final class CleanerThreads: Sendable {
    private struct State {
        var settings: CleanerSettings
        /// Nil where logs are not compacted.
        var crew: CleanerCrew?
        /// Of crews whose last round may still be under way.
        var retirement: Task<Void, Never>?
        var isEnded = false
    }

    private let storage: BrokerStorage
    private let storageEvents: StorageEvents
    private let logger: Logger
    private let state: NIOLockedValueBox<State>
    /// One short lock a round.
    let counters = NIOLockedValueBox(CleanerCounters())

    /// Nothing runs where the settings say so.
    init(_ storage: BrokerStorage, logger: Logger) {
        let settings = storage.settings.current
        self.storage = storage
        storageEvents = StorageEvents(logger: logger)
        self.logger = logger
        state = NIOLockedValueBox(State(settings: settings.cleaner))
        guard settings.isCleanerEnabled else { return }
        state.withLockedValue { $0.crew = makeCrew($0.settings) }
        storage.settings.observe { [weak self] in self?.update($0.cleaner) }
    }

    private func makeCrew(_ settings: CleanerSettings) -> CleanerCrew {
        CleanerCrew(
            count: settings.options.threads, backoffSeconds: Double(settings.backoffMs) / 1000
        ) { [self] in compactOne() }
    }

    /// A round under way ends by the old settings.
    private func update(_ settings: CleanerSettings) {
        let retired = state.withLockedValue { state -> CleanerCrew? in
            guard !state.isEnded, settings != state.settings else { return nil }
            storage.cleaners.update(settings.options)
            let retired = state.crew
            state.settings = settings
            state.crew = makeCrew(settings)
            state.retirement = Task { [before = state.retirement] in
                await before?.value
                await retired?.shutdown()
            }
            return retired
        }
        guard let retired else { return }
        retired.end()
        logger.info(
            "cleaner settings changed", metadata: ["threads": "\(settings.options.threads)"])
    }

    /// Ends what is under way, which takes moments. Before the partitions are taken from their
    /// event loops.
    func shutdown() async {
        storage.cleaners.stop()
        let (crew, retirement) = state.withLockedValue { state in
            state.isEnded = true
            // It knows the work, and so this object.
            defer { state.crew = nil }
            return (state.crew, state.retirement)
        }
        await crew?.shutdown()
        await retirement?.value
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
