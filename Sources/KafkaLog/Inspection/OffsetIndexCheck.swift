/// Compares an offset index with its log, entry by entry, in one walk over both.
///
/// An entry holds the last offset of an append and the position of its first batch; after
/// compaction the offset may lie some batches further. So it is right when its position is the
/// start of a batch, and its offset is in a batch from there on, before the next entry's position.
/// A wrong entry is told once and does not count for the order of those behind it.
struct OffsetIndexCheck {
    /// The last entry that was right.
    private var previous: InspectedOffsetEntry?
    private let baseOffset: Int64
    /// Known once a walk came to it, so that many entries past it cost one walk.
    private var logEnd: Int?

    init(baseOffset: Int64) {
        self.baseOffset = baseOffset
    }

    /// Whether an entry rises above the ones before it. Needs no log.
    mutating func checkOrder(_ entry: InspectedOffsetEntry) -> IndexProblem? {
        if entry.position < 0 {
            return IndexProblem(
                kind: .entryPosition, stored: Int64(entry.position),
                message: "position \(entry.position) is negative")
        }
        if entry.offset < baseOffset {
            return IndexProblem(
                kind: .entryOffset, stored: entry.offset, expected: baseOffset,
                message: "offset \(entry.offset) lies before the base offset \(baseOffset)")
        }
        if let previous, entry.offset <= previous.offset {
            return IndexProblem(
                kind: .entryOrder, stored: entry.offset, expected: previous.offset &+ 1,
                message: "offset \(entry.offset) follows \(previous.offset)")
        }
        if let previous, entry.position <= previous.position {
            return IndexProblem(
                kind: .entryOrder, stored: Int64(entry.position),
                expected: Int64(previous.position) + 1,
                message: "position \(entry.position) follows \(previous.position)")
        }
        return nil
    }

    /// Takes an entry as right, for the order of the next ones.
    mutating func accept(_ entry: InspectedOffsetEntry) {
        previous = entry
    }

    /// Checks one entry against the log, after `checkOrder` found nothing.
    ///
    /// - Parameters:
    ///   - next: the entry behind it; nil for the last.
    ///   - log: stands at or before the entry's position, and does so again for the next entry.
    mutating func check(
        _ entry: InspectedOffsetEntry, next: InspectedOffsetEntry?,
        in log: inout some BatchFrameSource & ~Copyable
    ) throws(LogError) -> IndexProblem? {
        let restart = Int(previous?.position ?? 0)
        let start = Int(entry.position)
        if let logEnd, start >= logEnd { return pastEnd(entry, logEnd) }
        if log.position > start { log.rewind(to: restart) }
        var batch = try log.next()
        while let current = batch, current.end <= start {
            batch = try log.next()
        }
        guard let first = batch else {
            let end = log.position
            let isBroken = log.isBroken
            log.rewind(to: restart)
            if isBroken { return unreadable(entry, end) }
            logEnd = end
            return pastEnd(entry, end)
        }
        guard first.position == start else {
            log.rewind(to: first.position)
            return IndexProblem(
                kind: .entryPosition, stored: Int64(start), expected: Int64(first.position),
                message: "position \(start) lies inside the batch at \(first.position)")
        }
        let problem = try findOffset(of: entry, from: first, next: next, in: &log)
        log.rewind(to: start)
        return problem
    }

    /// Looks for the batch with the entry's offset.
    private func findOffset(
        of entry: InspectedOffsetEntry, from first: BatchFrame, next: InspectedOffsetEntry?,
        in log: inout some BatchFrameSource & ~Copyable
    ) throws(LogError) -> IndexProblem? {
        let limit = next.map { $0.position > entry.position ? Int($0.position) : .max } ?? .max
        var batch: BatchFrame? = first
        while let current = batch, current.position < limit {
            if current.lastOffset >= entry.offset {
                if current.baseOffset <= entry.offset { return nil }
                return IndexProblem(
                    kind: .entryOffset, stored: entry.offset, expected: current.lastOffset,
                    message: "offset \(entry.offset) is not at position \(entry.position),"
                        + " where \(first.baseOffset) begins")
            }
            batch = try log.next()
        }
        if batch == nil, log.isBroken { return unreadable(entry, log.position) }
        return IndexProblem(
            kind: .entryOffset, stored: entry.offset,
            message: "offset \(entry.offset) is not found from position \(entry.position) on")
    }

    private func pastEnd(_ entry: InspectedOffsetEntry, _ end: Int) -> IndexProblem {
        IndexProblem(
            kind: .entryPosition, stored: Int64(entry.position), expected: Int64(end),
            message: "position \(entry.position) lies past the log's end at \(end)")
    }

    private func unreadable(_ entry: InspectedOffsetEntry, _ end: Int) -> IndexProblem {
        IndexProblem(
            kind: .notVerified, severity: .warning, expected: Int64(end),
            message: "the log cannot be read from position \(end) on; entries from here on"
                + " are not verified")
    }
}
