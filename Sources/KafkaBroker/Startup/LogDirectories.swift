import KafkaBase
import KafkaLog
import NIOConcurrencyHelpers

/// The directories that the partitions' logs lie in (`log.dirs`). The first one holds the metadata
/// too.
///
/// Any thread; what blocks says so. Logs come and go on the storage thread alone.
final class LogDirectories: Sendable {
    let all: [LogDirectory]
    /// Logs in each, in the same order.
    private let counts: NIOLockedValueBox<[Int]>
    private let deletedTopics = NIOLockedValueBox<[Uuid]>([])

    /// - Parameter all: not empty.
    init(_ all: [LogDirectory]) {
        self.all = all
        counts = NIOLockedValueBox(all.map { _ in 0 })
    }

    var first: LogDirectory { all[0] }

    func directory(at path: String) -> LogDirectory {
        all.first { $0.path == path } ?? first
    }

    /// Counts logs that are there already.
    func adopt(_ logs: [PartitionLog]) { count(logs, by: 1) }

    private func count(_ logs: [PartitionLog], by difference: Int) {
        counts.withLockedValue { counts in
            for log in logs {
                guard let index = all.firstIndex(where: { $0.path == log.logDirectoryPath })
                else { continue }
                counts[index] += difference
            }
        }
    }

    // MARK: Making

    /// Makes logs, each in the directory with the fewest of them. One that fails is left out, as
    /// far as there are others. Blocks.
    ///
    /// - Returns: in the order of what is asked for.
    /// - Throws: the first error; then none of them stays.
    func create(_ logs: [LogDirectory.NewLog]) throws(LogError) -> [PartitionLog] {
        var usable = Set(all.indices.filter { !all[$0].health.isFailed })
        var failure = LogError.failed(path: first.path)
        while !usable.isEmpty {
            let places = LogPlacement.places(
                for: logs.count, counts: counts.withLockedValue { $0 }, usable: usable)
            do throws(Failure) {
                let made = try create(logs, places)
                count(made, by: 1)
                return made
            } catch {
                if case .alreadyExists = error.reason { throw error.reason }
                failure = error.reason
                usable.remove(error.index)
            }
        }
        throw failure
    }

    private struct Failure: Error {
        var index: Int
        var reason: LogError
    }

    private func create(
        _ logs: [LogDirectory.NewLog], _ places: [Int]
    ) throws(Failure) -> [PartitionLog] {
        var made: [TopicPartition: PartitionLog] = [:]
        for index in Set(places).sorted() {
            let wanted = logs.indices.filter { places[$0] == index }.map { logs[$0] }
            do throws(LogError) {
                for log in try all[index].createLogs(wanted) { made[log.topicPartition] = log }
            } catch {
                for log in made.values {
                    try? directory(at: log.logDirectoryPath).deleteLog(log)
                }
                throw Failure(index: index, reason: error)
            }
        }
        return logs.compactMap { made[$0.partition] }
    }

    // MARK: Deleting

    /// The directories of a topic have got out of the way.
    func noteDeletedTopic(_ id: Uuid) { deletedTopics.withLockedValue { $0.append(id) } }

    /// Topics of which the metadata need not know any more.
    func takeDeletedTopics() -> [Uuid] {
        deletedTopics.withLockedValue { topics in
            defer { topics = [] }
            return topics
        }
    }

    /// Takes logs away for good; their files go after the delay. Blocks.
    ///
    /// - Returns: why some directories are left behind.
    func delete(_ logs: [PartitionLog], nowMs: Int64, delayMs: Int64) -> [LogError] {
        count(logs, by: -1)
        var errors: [LogError] = []
        for (path, logs) in Dictionary(grouping: logs, by: \.logDirectoryPath) {
            do throws(LogError) {
                try directory(at: path).deleteLogs(logs, nowMs: nowMs, delayMs: delayMs)
            } catch {
                errors.append(error)
            }
        }
        return errors
    }
}

/// Where new logs go: into the directory with the fewest (Kafka's `LogManager.nextLogDirs`). Pure.
enum LogPlacement {
    /// - Parameters:
    ///   - counts: logs in each directory.
    ///   - usable: indexes of directories that take logs; not empty.
    /// - Returns: the directory's index of each new log.
    static func places(for logCount: Int, counts: [Int], usable: Set<Int>) -> [Int] {
        var counts = counts
        let usable = usable.sorted()
        return (0..<logCount).map { _ in
            let place = usable.min { counts[$0] < counts[$1] } ?? 0
            counts[place] += 1
            return place
        }
    }
}
