/// A look at the index files of a segment that is not scanned: their size, the order of their
/// entries, and whether the last one fits the log. Costs a read of the index, a thousandth of the
/// log's size.
struct IndexCheck {
    private static let blockEntries = 8192

    let disk: any Disk
    let baseOffset: Int64
    /// Of the `.log` file.
    let log: any DiskFile
    let logBytes: Int

    /// What an index holds, or what is wrong with it.
    enum Outcome<Entry: IndexEntry> {
        case good(count: Int, last: Entry?)
        case bad(reason: String)
    }

    func offsetIndex(_ path: String) throws(LogError) -> Outcome<OffsetIndexEntry> {
        let logBytes = logBytes
        let outcome = try check(path) { (previous: OffsetIndexEntry?, entry) in
            entry.relativeOffset > previous?.relativeOffset ?? -1
                && entry.position > previous?.position ?? -1 && Int(entry.position) < logBytes
        }
        guard case .good(_, let last?) = outcome else { return outcome }
        guard let frame = try frame(at: Int(last.position)),
            frame.baseOffset >= baseOffset,
            frame.lastOffset <= baseOffset + Int64(last.relativeOffset)
        else { return .bad(reason: "the last entry names no batch") }
        return outcome
    }

    func timeIndex(_ path: String) throws(LogError) -> Outcome<TimeIndexEntry> {
        let outcome = try check(path) { (previous: TimeIndexEntry?, entry) in
            entry.timestamp > previous?.timestamp ?? -1
                && entry.relativeOffset >= previous?.relativeOffset ?? 0
        }
        if case .good(count: 0, _) = outcome, let first = try frame(at: 0), first.maxTimestamp >= 0
        {
            return .bad(reason: "no entry for the largest timestamp")
        }
        return outcome
    }

    /// Few segments have this index: where there is no file it is empty.
    func transactionIndex(
        _ path: String
    ) throws(LogError) -> Outcome<TransactionIndexEntry> {
        guard try disk.fileSize(path) != nil else { return .good(count: 0, last: nil) }
        let baseOffset = baseOffset
        return try check(path) { (previous: TransactionIndexEntry?, entry) in
            entry.version == TransactionIndexEntry.version && entry.lastOffset >= baseOffset
                && entry.lastOffset > previous?.lastOffset ?? -1
                && entry.firstOffset <= entry.lastOffset
        }
    }

    /// - Parameter isInOrder: whether an entry may follow the one before it.
    private func check<Entry: IndexEntry>(
        _ path: String, _ isInOrder: (Entry?, Entry) -> Bool
    ) throws(LogError) -> Outcome<Entry> {
        guard let size = try disk.fileSize(path) else { return .bad(reason: "missing") }
        guard size % Entry.byteCount == 0 else {
            return .bad(reason: "\(size) bytes are no multiple of \(Entry.byteCount)")
        }
        guard size > 0 else { return .good(count: 0, last: nil) }
        let file = try disk.open(path, .read)
        let count = size / Entry.byteCount
        var last: Entry?
        for first in stride(from: 0, to: count, by: Self.blockEntries) {
            let bytes = try file.read(
                at: first * Entry.byteCount,
                count: min(Self.blockEntries, count - first) * Entry.byteCount)
            let badSlot = bytes.withUnsafeBytes { block in
                (0..<block.count / Entry.byteCount).first { slot in
                    let entry = Entry(
                        UnsafeRawBufferPointer(rebasing: block[(slot * Entry.byteCount)...]))
                    guard isInOrder(last, entry) else { return true }
                    last = entry
                    return false
                }
            }
            if let badSlot { return .bad(reason: "entry \(first + badSlot) is out of order") }
        }
        return .good(count: count, last: last)
    }

    /// The batch at a position of the log; nil where there is none.
    private func frame(at position: Int) throws(LogError) -> BatchFrame? {
        do throws(LogError) {
            return try BatchScanner.frame(at: position, of: log, sizeBytes: logBytes)
        } catch .corrupt {
            return nil
        }
    }
}
