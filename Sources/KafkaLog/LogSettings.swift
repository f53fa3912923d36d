/// What a partition's log needs to know of its topic's configuration.
public struct LogSettings: Sendable, Equatable {
    /// `segment.bytes`: a segment does not grow beyond it. Positions in an index are 32 bits wide,
    /// so more than `Int32.max` is taken as that.
    public var segmentBytes: Int
    /// `segment.ms`: longest time between a segment's first batch and a new one, by the records'
    /// timestamps.
    public var segmentMs: Int64
    /// `index.interval.bytes`: bytes appended between two entries of the indexes.
    public var indexIntervalBytes: Int
    /// `segment.index.bytes`: size that the indexes of the active segment are given beforehand.
    public var indexSizeMaxBytes: Int
    /// Whether `cleanup.policy` has `compact`: then offsets may be missing between segments, which
    /// recovery otherwise takes for a lost tail.
    public var isCompacted: Bool

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
}
