/// The transaction indexes of a log that is being compacted. Blocks.
struct AbortedTransactionFiles {
    private let view: CompactionView
    /// Segments that have one, by their place in the view.
    private let indexed: [Int]

    /// Every aborted transaction that ended below the view's last stable offset is in them already.
    init(_ view: CompactionView) throws(LogError) {
        var bases: Set<Int64> = []
        for entry in try view.disk.list(view.directory) {
            if let name = SegmentFileName(entry.name), name.kind == .txnindex, name.suffix == .none
            {
                bases.insert(name.offset)
            }
        }
        self.view = view
        indexed = view.segments.indices.filter { bases.contains(view.segments[$0].baseOffset) }
    }

    /// Those that overlap a range of offsets (Kafka's `UnifiedLog.collectAbortedTransactions`).
    func overlapping(_ range: Range<Int64>) throws(LogError) -> [TransactionIndexEntry] {
        var found: [TransactionIndexEntry] = []
        let first = view.index(of: range.lowerBound)
        for index in indexed where index >= first {
            let path = view.path(view.segments[index], .txnindex)
            for entry in try TransactionIndex.entries(path, disk: view.disk) {
                if entry.lastOffset >= range.lowerBound, entry.firstOffset < range.upperBound {
                    found.append(entry)
                }
                // Nothing that ended later can have begun in the range.
                if entry.lastStableOffset >= range.upperBound { return found }
            }
        }
        return found
    }
}
