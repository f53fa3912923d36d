extension PartitionLog {
    /// The first step of retention: moves the log start above what has outlived the settings. A
    /// full active segment that has is rolled, so that it can go too. Files stay for the second
    /// step, `discardBelowLogStart`, which comes when the new log start is written down: after a
    /// crash in between nobody takes what is left for a log with a hole.
    ///
    /// - Parameter highWatermark: nothing at or above it goes.
    /// - Returns: whether there are segments to discard.
    /// - Throws: `failed`, `io`. A full disk keeps the active segment only.
    public func expireSegments(highWatermark: Int64, nowMs: Int64) throws(LogError) -> Bool {
        try health.check()
        let rules = RetentionRules(
            settings: settings, logStartOffset: logStartOffset, logEndOffset: logEndOffset,
            highWatermark: highWatermark, nowMs: nowMs)
        var count = rules.expiredCount(
            segments.map {
                RetentionRules.Segment(
                    baseOffset: $0.baseOffset, sizeBytes: $0.sizeBytes,
                    largestTimestamp: $0.largestTimestamp)
            })
        guard count > 0 else { return false }
        if count == segments.count {
            do throws(LogError) {
                try roll(nowMs: nowMs)
            } catch {
                guard error.isShortage, count > 1 else { throw error }
                count -= 1
            }
        }
        try advanceLogStart(to: max(logStartOffset, segments[count].baseOffset))
        return true
    }

    /// The second step: takes the segments below the log start out of the log.
    ///
    /// - Returns: how many they were.
    /// - Throws: `failed`, `io`, and the directory is failed.
    @discardableResult
    public func discardBelowLogStart(nowMs: Int64) throws(LogError) -> Int {
        try health.check()
        let count = segments.dropFirst().prefix { $0.baseOffset <= logStartOffset }.count
        try discard(Array(segments.prefix(count)), nowMs: nowMs)
        return count
    }
}
