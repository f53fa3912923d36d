/// How much of a log there is to compact, and whether it is time to (Kafka's `LogToClean` and
/// `LogCleanerManager.cleanableOffsets`). Pure but for one look at the first batches of segments.
struct CleanableRange: Equatable {
    /// Below it the log was compacted before.
    var firstDirtyOffset: Int64
    /// Compaction goes up to here: a segment's base offset.
    var endOffset: Int64
    /// Of the segments that begin below `firstDirtyOffset`.
    var cleanBytes = 0
    /// Of those to be gone through for the first time.
    var dirtyBytes = 0
    /// Whether records wait for longer than `max.compaction.lag.ms`.
    var isOverdue = false
    /// Whether the checkpoint did not fit the log.
    var isReset = false

    /// Share of what was not compacted yet.
    var dirtyRatio: Double {
        let total = cleanBytes + dirtyBytes
        return total > 0 ? Double(dirtyBytes) / Double(total) : 0
    }

    /// - Parameters:
    ///   - checkpoint: where the last round ended, if there was one.
    ///   - firstTimestamp: of a segment's first batch; asked for only where the age counts.
    init(
        _ view: CompactionView, checkpoint: Int64?, nowMs: Int64,
        firstTimestamp: (CompactionView.SegmentView) throws(LogError) -> Int64
    ) throws(LogError) {
        firstDirtyOffset = checkpoint ?? view.logStartOffset
        // Beyond the active segment's base it speaks of records that are lost.
        if firstDirtyOffset < view.logStartOffset || firstDirtyOffset > view.active.baseOffset {
            firstDirtyOffset = view.logStartOffset
            isReset = checkpoint != nil
        }
        endOffset = view.active.baseOffset
        let firstDirty = view.index(of: firstDirtyOffset)
        let sealed = view.segments.dropLast()
        let dirty = sealed[min(firstDirty, sealed.endIndex)...]
        let limit = CleanableRange.limit(view, dirty, nowMs: nowMs)
        // Whole segments only.
        if limit < endOffset { endOffset = view.segments[view.index(of: limit)].baseOffset }
        cleanBytes = view.segments.reduce(0) {
            $1.baseOffset < firstDirtyOffset ? $0 + $1.sizeBytes : $0
        }
        for segment in dirty where segment.baseOffset < endOffset {
            dirtyBytes += segment.sizeBytes
        }
        isOverdue = try CleanableRange.isOverdue(dirty, view, nowMs: nowMs, firstTimestamp)
    }

    /// The first offset that compaction may not touch: of an open transaction, or of the first
    /// segment with a record that is too young.
    private static func limit(
        _ view: CompactionView, _ dirty: ArraySlice<CompactionView.SegmentView>, nowMs: Int64
    ) -> Int64 {
        var limit = view.lastStableOffset
        if view.settings.minCompactionLagMs > 0,
            let young = dirty.first(where: {
                $0.largestTimestamp > nowMs - view.settings.minCompactionLagMs
            })
        {
            limit = min(limit, young.baseOffset)
        }
        return limit
    }

    private static func isOverdue(
        _ dirty: ArraySlice<CompactionView.SegmentView>, _ view: CompactionView, nowMs: Int64,
        _ firstTimestamp: (CompactionView.SegmentView) throws(LogError) -> Int64
    ) throws(LogError) -> Bool {
        guard view.settings.maxCompactionLagMs < .max else { return false }
        let oldest = nowMs - view.settings.maxCompactionLagMs
        for segment in dirty where segment.sizeBytes > 0 {
            let first = try firstTimestamp(segment)
            if first > 0, first < oldest { return true }
        }
        return false
    }

    /// Whether the log is to be compacted now.
    func isDue(_ settings: LogSettings) -> Bool {
        dirtyBytes > 0 && (isOverdue || dirtyRatio > settings.minCleanableDirtyRatio)
    }
}
