internal import KafkaBase

/// Brings one partition's directory into a state to work on (Kafka's `LogLoader`).
struct LogLoader {
    let disk: any Disk
    let directory: String
    let partition: TopicPartition
    let settings: LogSettings
    let wasClean: Bool
    let recoveryPoint: Int64
    var logStartOffset: Int64
    let onFinding: @Sendable (LogFinding) -> Void

    mutating func load() throws(LogError) -> LoadedLog {
        let segment = try Segment.create(
            disk: disk, directory: directory, baseOffset: logStartOffset, settings: settings,
            nowMs: KafkaClock.system.nowMs)
        return LoadedLog(
            topicPartition: partition,
            topicID: try PartitionMetadataFile.read(disk: disk, directory: directory) ?? .zero,
            directory: directory, settings: settings, segments: [segment],
            epochs: LeaderEpochCache(), logStartOffset: logStartOffset, logEndOffset: logStartOffset,
            flushedOffset: logStartOffset, hasUnsyncedDirectory: true)
    }
}
