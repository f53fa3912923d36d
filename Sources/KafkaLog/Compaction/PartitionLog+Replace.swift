extension PartitionLog {
    /// Puts a compacted segment in the place of those that it was made of (Kafka's
    /// `LocalLog.replaceSegments`). Renames files and waits for nothing; a crash in between is
    /// completed by the next start. Durable when the directory is synced.
    ///
    /// - Returns: false, and nothing has changed, where the log does not hold those segments any
    ///   more, or takes no more writes.
    /// - Throws: `io`, and the directory is failed. The new files must be left as they are.
    public func replace(with cleaned: CleanedSegment, nowMs: Int64) throws(LogError) -> Bool {
        guard !isClosed, !health.isFailed, cleaned.directory == directoryPath,
            let first = segments.firstIndex(where: { $0.baseOffset == cleaned.baseOffset }),
            // Never the active one.
            first + cleaned.sources.count < segments.count
        else { return false }
        let sources = Array(segments[first..<first + cleaned.sources.count])
        guard
            zip(sources, cleaned.sources).allSatisfy({
                $0.baseOffset == $1.baseOffset && $0.sizeBytes == $1.sizeBytes
            })
        else { return false }
        generation.advance()
        let segment = Segment(
            disk: disk, directory: directoryPath, baseOffset: cleaned.baseOffset,
            sizeBytes: cleaned.sizeBytes,
            offsetIndex: IndexFile(
                disk: disk, path: sources[0].path(.index), count: cleaned.offsetEntries,
                last: cleaned.lastOffsetEntry),
            timeIndex: IndexFile(
                disk: disk, path: sources[0].path(.timeindex), count: cleaned.timeEntries,
                last: cleaned.lastTimeEntry),
            transactionIndex: TransactionIndex(
                disk: disk, path: sources[0].path(.txnindex), count: cleaned.abortedTransactions),
            maxTimestamp: cleaned.maxTimestamp, maxTimestampOffset: cleaned.maxTimestampOffset,
            nowMs: nowMs)
        // Also after an error: a read that fails is better than one that passes over records.
        defer {
            segments.insert(segment, at: first)
            sizeBytes += segment.sizeBytes
        }
        // The snapshot at the base offset stays good, those further on name no segment any more.
        try discard([sources[0]], withSnapshots: false, nowMs: nowMs)
        try discard(Array(sources.dropFirst()), nowMs: nowMs)
        do throws(LogError) {
            for kind in cleaned.kinds {
                try disk.rename(cleaned.path(kind, .swap), to: cleaned.path(kind, .none))
            }
        } catch {
            health.fail(error)
            throw error
        }
        return true
    }
}
