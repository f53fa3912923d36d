/// What a reader of committed records needs to know (KIP-98).
extension PartitionLog {
    /// Where such a reader has to stop: the first record whose transaction is open, or the high
    /// watermark.
    ///
    /// - Parameter highWatermark: records from there on are not readable by anybody.
    public func lastStableOffset(upTo highWatermark: Int64) -> Int64 {
        guard let unstable = producers.firstUnstableOffset else { return highWatermark }
        return min(highWatermark, max(unstable, logStartOffset))
    }

    /// Aborted transactions with records in a range of offsets, by the offsets of their markers.
    /// Reads the segments' transaction indexes, from the one that holds the range's start.
    ///
    /// - Throws: `io`; `corrupt` where an index has got shorter.
    public func abortedTransactions(
        from startOffset: Int64, upTo endOffset: Int64
    ) throws(LogError) -> [TransactionIndexEntry] {
        var found: [TransactionIndexEntry] = []
        for segment in segments[segmentIndex(for: startOffset)...] {
            let result = try segment.transactionIndex.search(from: startOffset, upTo: endOffset)
            found += result.found
            if result.isComplete { break }
        }
        return found
    }
}
