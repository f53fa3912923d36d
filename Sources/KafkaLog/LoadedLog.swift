internal import KafkaBase

/// What loading a partition's directory has found: all that a `PartitionLog` starts from.
struct LoadedLog {
    var topicPartition: TopicPartition
    var topicID: Uuid
    var directory: String
    var settings: LogSettings
    var segments: [Segment]
    var epochs: LeaderEpochCache
    var producers: ProducerStates
    /// Offset of the newest producer snapshot, 0 without any.
    var snapshotOffset: Int64
    var logStartOffset: Int64
    var logEndOffset: Int64
    var flushedOffset: Int64
    /// Scanned after an unclean stop: what they hold may never have been synced.
    var unflushedSegments: [Segment] = []
    var hasUnsyncedDirectory = false
    var hasUnsavedEpochs = false
}
