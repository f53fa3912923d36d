internal import KafkaBase
internal import Synchronization

/// The checkpoint files in the root of a log directory: how far each log is known to be durable,
/// and where it starts (Kafka's `OffsetCheckpointFile`s).
///
/// Any thread; every call blocks, one at a time. Remembers what the files hold.
final class DirectoryCheckpoints: Sendable {
    private struct Content {
        var recoveryPoints: [TopicPartition: Int64] = [:]
        var logStarts: [TopicPartition: Int64] = [:]
    }

    private let disk: any Disk
    private let directory: String
    private let reserve: DiskReserve
    private let onFinding: @Sendable (LogFinding) -> Void
    private let content = Mutex(Content())

    init(
        disk: any Disk, directory: String, reserve: DiskReserve,
        onFinding: @escaping @Sendable (LogFinding) -> Void
    ) {
        self.disk = disk
        self.directory = directory
        self.reserve = reserve
        self.onFinding = onFinding
    }

    /// What the last owner has written. A damaged file costs a longer recovery, not the start.
    func read() throws(LogError) -> (
        recoveryPoints: [TopicPartition: Int64], logStarts: [TopicPartition: Int64]
    ) {
        let found = Content(
            recoveryPoints: try read(OffsetCheckpoint.recoveryPoints),
            logStarts: try read(OffsetCheckpoint.logStartOffsets))
        content.withLock { $0 = found }
        return (found.recoveryPoints, found.logStarts)
    }

    /// What the last owner knew of producers when it stopped in order.
    func readWindows() throws(LogError) -> ProducerWindowFile.Windows {
        do throws(LogError) {
            return try ProducerWindowFile(disk: disk, directory: directory).read()
        } catch .corrupt(let path, _, let reason) {
            onFinding(LogFinding(kind: .ignored, path: path, reason: reason))
            return [:]
        }
    }

    func writeWindows(_ logs: [PartitionLog]) throws(LogError) {
        try reserve.spending { () throws(LogError) in
            try ProducerWindowFile(disk: disk, directory: directory).write(
                logs.map { ($0.topicPartition, $0.producers) })
        }
    }

    /// How far compaction has gone through each log.
    func readCleaned() throws(LogError) -> [TopicPartition: Int64] {
        try read(OffsetCheckpoint.cleaner)
    }

    func writeCleaned(_ offsets: [TopicPartition: Int64]) throws(LogError) {
        try replace(OffsetCheckpoint.cleaner, offsets)
    }

    private func read(_ name: String) throws(LogError) -> [TopicPartition: Int64] {
        do throws(LogError) {
            return try file(name).read()
        } catch .corrupt(let path, _, let reason) {
            onFinding(LogFinding(kind: .ignored, path: path, reason: reason))
            return [:]
        }
    }

    /// Replaces both files. A log start that was noted meanwhile stays the higher one.
    ///
    /// - Parameter logs: all that there are.
    func write(_ logs: [LogCheckpoint]) throws(LogError) {
        try change { content in
            let noted = content.logStarts
            content = Content()
            for log in logs {
                content.recoveryPoints[log.topicPartition] = log.recoveryPoint
                guard let start = log.logStartOffset else { continue }
                content.logStarts[log.topicPartition] = max(start, noted[log.topicPartition] ?? 0)
            }
        }
    }

    /// The first writing of a start. On a full disk the recovery points are given up, which takes
    /// no room and costs no more than a longer recovery: the old ones may lie where nothing is
    /// certain any more.
    func writeRecovered(_ logs: [LogCheckpoint]) throws(LogError) {
        do throws(LogError) {
            try write(logs)
        } catch .noSpace(let full) {
            try disk.removeFile("\(directory)/\(OffsetCheckpoint.recoveryPoints)")
            try disk.syncDirectory(directory)
            onFinding(
                LogFinding(kind: .ignored, path: full, reason: "no space left on the disk"))
        }
    }

    func noteLogStarts(_ starts: [TopicPartition: Int64]) throws(LogError) {
        try change { content in
            content.logStarts.merge(starts, uniquingKeysWith: max)
        }
    }

    /// Takes out what is said of logs that are no more.
    func forget(_ partitions: [TopicPartition]) throws(LogError) {
        try change { content in
            for partition in partitions {
                content.recoveryPoints[partition] = nil
                content.logStarts[partition] = nil
            }
        }
    }

    func writeEnds(_ ends: [TopicPartition: Int64]) throws(LogError) {
        try replace(OffsetCheckpoint.replication, ends)
    }

    /// Writes the files whose content changes; what could not be written counts as not changed.
    private func change(_ body: (inout Content) -> Void) throws(LogError) {
        try content.withLock { (content) throws(LogError) in
            var changed = content
            body(&changed)
            if changed.logStarts != content.logStarts {
                try replace(OffsetCheckpoint.logStartOffsets, changed.logStarts)
                content.logStarts = changed.logStarts
            }
            if changed.recoveryPoints != content.recoveryPoints {
                try replace(OffsetCheckpoint.recoveryPoints, changed.recoveryPoints)
                content.recoveryPoints = changed.recoveryPoints
            }
        }
    }

    private func replace(
        _ name: String, _ offsets: [TopicPartition: Int64]
    ) throws(LogError) {
        try reserve.spending { () throws(LogError) in try file(name).write(offsets) }
    }

    private func file(_ name: String) -> OffsetCheckpoint {
        OffsetCheckpoint(disk: disk, directory: directory, name: name)
    }
}
