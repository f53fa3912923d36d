/// What a partition's log needs to know of its topic's configuration.
public struct LogSettings: Sendable, Equatable {
    /// `segment.bytes`: a segment does not grow beyond it. Positions in an index are 32 bits wide,
    /// so more than `Int32.max` is taken as that.
    public var segmentBytes: Int
    /// `segment.ms`: longest time between a segment's first batch and a new one, by the records'
    /// timestamps.
    public var segmentMs: Int64
    /// `segment.jitter.ms`: largest random part that is taken off `segmentMs`, of each segment
    /// another, so that not all partitions roll at once.
    public var segmentJitterMs: Int64 = 0
    /// `index.interval.bytes`: bytes appended between two entries of the indexes.
    public var indexIntervalBytes: Int
    /// `segment.index.bytes`: size that the indexes of the active segment are given beforehand.
    public var indexSizeMaxBytes: Int
    /// `file.delete.delay.ms`: time between taking a segment out of use and removing its files.
    public var fileDeleteDelayMs: Int64 = 60_000

    /// `producer.id.expiration.ms`: time after which an idle producer is forgotten.
    public var producerExpirationMs: Int64 = 24 * 3_600_000

    // MARK: Cleanup

    /// Whether `cleanup.policy` has `compact`: then offsets may be missing between segments, which
    /// recovery otherwise takes for a lost tail.
    public var isCompacted: Bool
    /// Whether `cleanup.policy` has `delete`.
    public var isDeletedByRetention = true
    /// `retention.ms`, -1 for no bound.
    public var retentionMs: Int64 = 7 * 24 * 3_600_000
    /// `retention.bytes`, -1 for no bound.
    public var retentionBytes: Int64 = -1
    /// `min.cleanable.dirty.ratio`: share of bytes not yet compacted from which on the log is.
    public var minCleanableDirtyRatio = 0.5
    /// `min.compaction.lag.ms`: time for which a record is not compacted away.
    public var minCompactionLagMs: Int64 = 0
    /// `max.compaction.lag.ms`: time after which a record can be compacted at the latest.
    public var maxCompactionLagMs: Int64 = .max
    /// `delete.retention.ms`: time for which compaction keeps tombstones and transaction markers.
    public var deleteRetentionMs: Int64 = 24 * 3_600_000

    public init(
        segmentBytes: Int = 1 << 30, segmentMs: Int64 = 7 * 24 * 3_600_000,
        indexIntervalBytes: Int = 4096, indexSizeMaxBytes: Int = 10 << 20,
        isCompacted: Bool = false
    ) {
        self.segmentBytes = segmentBytes
        self.segmentMs = segmentMs
        self.indexIntervalBytes = indexIntervalBytes
        self.indexSizeMaxBytes = indexSizeMaxBytes
        self.isCompacted = isCompacted
    }

    /// `segmentMs`, but not so long that the active segment, which is not compacted, holds a record
    /// up beyond `maxCompactionLagMs`.
    var longestSegmentMs: Int64 {
        isCompacted && maxCompactionLagMs > 0 ? min(segmentMs, maxCompactionLagMs) : segmentMs
    }
}
