public import KafkaBase

/// What compaction needs to know of a log: taken on the log's thread, used on another.
public struct CompactionView: Sendable {
    /// A segment as it was.
    struct SegmentView: Sendable, Equatable {
        var baseOffset: Int64
        var sizeBytes: Int
        var offsetEntries: Int
        var timeEntries: Int
        /// Of its records; where they have none, when the segment was made.
        var largestTimestamp: Int64
    }

    public let topicPartition: TopicPartition
    let directory: String
    let settings: LogSettings
    let logStartOffset: Int64
    let logEndOffset: Int64
    /// Below it all is durable.
    let flushedOffset: Int64
    /// Below it no transaction is open.
    var lastStableOffset: Int64
    var producers: ProducerStates
    /// The last one is active.
    let segments: [SegmentView]
    let disk: any Disk
    let health: DirectoryHealth

    var active: SegmentView { segments[segments.count - 1] }

    func path(_ segment: SegmentView, _ kind: SegmentFileName.Kind) -> String {
        SegmentFileName(segment.baseOffset, kind).path(in: directory)
    }

    /// Index of the segment that holds an offset, 0 for one below them all.
    func index(of offset: Int64) -> Int {
        segments.lastIndex { $0.baseOffset <= offset } ?? 0
    }
}

extension PartitionLog {
    /// Nil for a log that is not to be compacted, or cannot be.
    public func compactionView() -> CompactionView? {
        guard settings.isCompacted, !isClosed, !health.isFailed else { return nil }
        return CompactionView(
            topicPartition: topicPartition, directory: directoryPath, settings: settings,
            logStartOffset: logStartOffset, logEndOffset: logEndOffset,
            flushedOffset: flushedOffset,
            lastStableOffset: lastStableOffset(upTo: logEndOffset), producers: producers,
            segments: segments.map { segment in
                CompactionView.SegmentView(
                    baseOffset: segment.baseOffset, sizeBytes: segment.sizeBytes,
                    offsetEntries: segment.offsetIndex.count,
                    timeEntries: segment.timeIndex.count,
                    largestTimestamp: segment.maxTimestamp >= 0
                        ? segment.maxTimestamp : segment.createdMs)
            }, disk: disk, health: health)
    }
}

extension CompactionView {
    /// Largest timestamp of a segment's first batch. Blocks.
    func firstTimestamp(of segment: SegmentView) throws(LogError) -> Int64 {
        let file = try disk.open(path(segment, .log), .read)
        let frame = try BatchScanner.frame(at: 0, of: file, sizeBytes: segment.sizeBytes)
        return frame?.maxTimestamp ?? -1
    }
}
