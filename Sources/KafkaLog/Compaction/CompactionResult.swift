public import KafkaBase

/// What a round of compaction came to.
public struct CompactionResult: Sendable, Equatable {
    public var topicPartition: TopicPartition
    /// The part that was gone through for the first time.
    public var firstDirtyOffset: Int64
    /// Where the next round begins.
    public var endOffset: Int64
    /// Of the segments gone through, before and after.
    public var bytesRead = 0
    public var bytesWritten = 0
    public var recordsRead: Int64 = 0
    public var recordsKept: Int64 = 0
    public var segmentsRead = 0
    public var segmentsWritten = 0
    public var durationMs: Int64 = 0
}

extension CompactionResult: CustomStringConvertible {
    /// One line, without a full stop.
    public var description: String {
        "\(topicPartition) compacted up to offset \(endOffset): \(segmentsRead) segments of "
            + "\(bytesRead) bytes to \(segmentsWritten) of \(bytesWritten), \(recordsRead) records "
            + "to \(recordsKept), in \(durationMs) ms"
    }
}
