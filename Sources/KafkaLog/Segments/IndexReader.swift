/// Looks entries up in an index file by reading it; keeps nothing of it in memory, since the page
/// cache does. A value that any thread may use.
///
/// Memory mapping would save the system calls but turns a full disk or a cut file into a signal.
struct IndexReader<Entry: IndexEntry>: Sendable {
    let file: any DiskFile
    /// Entries in use; the file may be longer.
    let count: Int
    /// From here on a range is read at once and searched in memory.
    private static var blockEntries: Int { 128 }

    func entry(at slot: Int) throws(LogError) -> Entry {
        try withEntries(slot..<slot + 1) { $0(slot) }
    }

    /// The last entry of those at the front that fulfil `condition`; nil if the first does not.
    ///
    /// - Parameter condition: holds for a prefix of the entries.
    func last(where condition: (Entry) -> Bool) throws(LogError) -> (slot: Int, entry: Entry)? {
        var low = 0
        var high = count
        while high - low > Self.blockEntries {
            let middle = low + (high - low) / 2
            if condition(try entry(at: middle)) { low = middle } else { high = middle }
        }
        guard high > low else { return nil }
        return try withEntries(low..<high) { entry in
            var found: (slot: Int, entry: Entry)?
            for slot in low..<high {
                let candidate = entry(slot)
                guard condition(candidate) else { break }
                found = (slot, candidate)
            }
            return found
        }
    }

    /// Hands out the entries from a slot on, until `body` wants no more.
    func forEach(from slot: Int, _ body: (Entry) -> Bool) throws(LogError) {
        for first in stride(from: slot, to: count, by: Self.blockEntries) {
            let block = first..<min(first + Self.blockEntries, count)
            let goesOn = try withEntries(block) { entry in block.allSatisfy { body(entry($0)) } }
            if !goesOn { return }
        }
    }

    /// Reads a range of entries and hands out access to them.
    private func withEntries<Result>(
        _ range: Range<Int>, _ body: ((Int) -> Entry) -> Result
    ) throws(LogError) -> Result {
        let byteCount = range.count * Entry.byteCount
        return try withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) {
            (buffer) throws(LogError) in
            let read = try file.read(into: buffer, at: range.lowerBound * Entry.byteCount)
            guard read == byteCount else {
                throw .corrupt(
                    path: file.path, position: range.lowerBound * Entry.byteCount + read,
                    reason: "the index ends before its last entry")
            }
            let bytes = UnsafeRawBufferPointer(buffer)
            return body { slot in
                let start = (slot - range.lowerBound) * Entry.byteCount
                return Entry(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<start + Entry.byteCount]))
            }
        }
    }
}
