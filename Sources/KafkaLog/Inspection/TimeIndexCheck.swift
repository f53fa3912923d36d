/// Compares a time index with its log, entry by entry, in one walk over both.
///
/// An entry holds the largest timestamp so far and the last offset of the batch that has it. So it
/// is right when a batch has the offset, and its largest timestamp is that of the entry and of all
/// batches up to it. A wrong entry is told once and does not count for those behind it.
struct TimeIndexCheck {
    /// The last entry that was right.
    private var previous: InspectedTimeEntry?
    private let baseOffset: Int64
    /// The walk as it was behind the batch of the last right entry.
    private var seen = Seen()

    /// What the walk over the log has passed.
    private struct Seen {
        var batch: BatchFrame?
        var maxTimestamp: Int64 = -1
    }

    init(baseOffset: Int64) {
        self.baseOffset = baseOffset
    }

    /// Whether an entry rises above the ones before it. Needs no log.
    func checkOrder(_ entry: InspectedTimeEntry) -> IndexProblem? {
        if entry.offset < baseOffset {
            return IndexProblem(
                kind: .entryOffset, stored: entry.offset, expected: baseOffset,
                message: "offset \(entry.offset) lies before the base offset \(baseOffset)")
        }
        guard let previous else { return nil }
        if entry.timestamp <= previous.timestamp {
            return IndexProblem(
                kind: .entryOrder, stored: entry.timestamp, expected: previous.timestamp &+ 1,
                message: "timestamp \(entry.timestamp) follows \(previous.timestamp)")
        }
        if entry.offset < previous.offset {
            return IndexProblem(
                kind: .entryOrder, stored: entry.offset, expected: previous.offset,
                message: "offset \(entry.offset) follows \(previous.offset)")
        }
        return nil
    }

    /// Takes an entry as right, for the order of the next ones.
    mutating func accept(_ entry: InspectedTimeEntry) {
        previous = entry
    }

    /// Checks one entry against the log, after `checkOrder` found nothing.
    ///
    /// - Parameter log: stands where the check of the last right entry left it.
    mutating func check(
        _ entry: InspectedTimeEntry, in log: inout some BatchFrameSource & ~Copyable
    ) throws(LogError) -> IndexProblem? {
        var walk = seen
        let restart = log.position
        while walk.batch.map({ $0.lastOffset < entry.offset }) ?? true {
            guard let batch = try log.next() else {
                let problem = notFound(entry, log.isBroken, end: log.position)
                log.rewind(to: restart)
                return problem
            }
            walk.batch = batch
            walk.maxTimestamp = max(walk.maxTimestamp, batch.maxTimestamp)
        }
        guard let batch = walk.batch, batch.baseOffset <= entry.offset else {
            log.rewind(to: restart)
            return IndexProblem(
                kind: .entryOffset, stored: entry.offset,
                message: "offset \(entry.offset) is not in the log")
        }
        let expected = max(batch.maxTimestamp, walk.maxTimestamp)
        guard batch.maxTimestamp == entry.timestamp, expected == entry.timestamp else {
            log.rewind(to: restart)
            return mismatch(entry, batch, largest: expected)
        }
        seen = walk
        return nil
    }

    private func mismatch(
        _ entry: InspectedTimeEntry, _ batch: BatchFrame, largest: Int64
    ) -> IndexProblem {
        if batch.maxTimestamp != entry.timestamp {
            return IndexProblem(
                kind: .entryTimestamp, stored: entry.timestamp, expected: batch.maxTimestamp,
                message: "timestamp \(entry.timestamp), the batch with offset \(entry.offset)"
                    + " has \(batch.maxTimestamp)")
        }
        return IndexProblem(
            kind: .entryTimestamp, stored: entry.timestamp, expected: largest,
            message: "timestamp \(entry.timestamp), but batches up to offset \(entry.offset)"
                + " have \(largest)")
    }

    private func notFound(
        _ entry: InspectedTimeEntry, _ isBroken: Bool, end: Int
    ) -> IndexProblem {
        guard isBroken else {
            return IndexProblem(
                kind: .entryOffset, stored: entry.offset,
                message: "offset \(entry.offset) lies past the log's end")
        }
        return IndexProblem(
            kind: .notVerified, severity: .warning, expected: Int64(end),
            message: "the log cannot be read from position \(end) on; entries from here on"
                + " are not verified")
    }
}
