import KafkaBase
import KafkaLog

/// A `LogCleaner` for each of the log directories.
///
/// Any thread; all calls block.
struct LogCleaners: Sendable {
    private let all: [(directory: LogDirectory, cleaner: LogCleaner)]

    /// - Parameter logs: that are there.
    /// - Throws: `io` where a cleaner's checkpoint cannot be read or written.
    init(
        _ directories: LogDirectories, logs: [PartitionLog], options: LogCleaner.Options
    ) throws(LogError) {
        var all: [(directory: LogDirectory, cleaner: LogCleaner)] = []
        for directory in directories.all {
            let own = logs.filter { $0.logDirectoryPath == directory.path }
            all.append(
                (
                    directory,
                    try LogCleaner(
                        directory, partitions: Set(own.map(\.topicPartition)), options: options)
                ))
        }
        self.all = all
    }

    /// Compacts one log of the first directory in which one needs it.
    ///
    /// - Throws: as `LogCleaner.compactDirtiest`.
    func compactOne(of storage: BrokerStorage) throws(LogError) -> LogCleaner.Outcome {
        for (directory, cleaner) in all {
            let logs = ServedLogs(storage: storage, directory: directory.path)
            let outcome = try cleaner.compactDirtiest(of: logs)
            if outcome != .nothingToDo { return outcome }
        }
        return .nothingToDo
    }

    /// Takes over changed bounds; what is being compacted keeps those that it began with.
    func update(_ options: LogCleaner.Options) {
        for (_, cleaner) in all { cleaner.update(options) }
    }

    /// Forgets a log that its owner has let go, before its directory goes.
    ///
    /// - Throws: as `LogCleaner.forget`.
    func forget(_ partition: TopicPartition) throws(LogError) {
        for (_, cleaner) in all { try cleaner.forget(partition) }
    }

    func stop() {
        for (_, cleaner) in all { cleaner.stop() }
    }
}
