/// A compacted segment whose files lie ready under their `.swap` names, durable, to take the place
/// of those that it was made of. A value for any thread.
public struct CleanedSegment: Sendable {
    let directory: String
    /// What it stands for, in their order; its base offset is that of the first.
    let sources: [CompactionView.SegmentView]
    var sizeBytes = 0
    var offsetEntries = 0
    var lastOffsetEntry: OffsetIndexEntry?
    var timeEntries = 0
    var lastTimeEntry: TimeIndexEntry?
    var maxTimestamp: Int64 = -1
    var maxTimestampOffset: Int64
    /// Entries of its transaction index; there is no such file without any.
    var abortedTransactions = 0

    init(directory: String, sources: [CompactionView.SegmentView]) {
        precondition(!sources.isEmpty)
        self.directory = directory
        self.sources = sources
        maxTimestampOffset = sources[0].baseOffset
    }

    var baseOffset: Int64 { sources[0].baseOffset }

    /// The log first: from then on the others are no more than what belongs to it.
    var kinds: [SegmentFileName.Kind] {
        abortedTransactions > 0
            ? [.log, .index, .timeindex, .txnindex] : [.log, .index, .timeindex]
    }

    func path(_ kind: SegmentFileName.Kind, _ suffix: SegmentFileName.Suffix) -> String {
        SegmentFileName(baseOffset, kind, suffix).path(in: directory)
    }
}
