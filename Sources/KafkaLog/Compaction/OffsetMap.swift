/// The latest offset of each key in the part of a log that is being compacted (Kafka's
/// `SkimpyOffsetMap`): a digest of the key and the offset, 24 bytes an entry, in memory of a fixed
/// size. Keys themselves are not kept.
///
/// Open addressing with linear probing, so that a look-up touches memory in one place. One owner.
struct OffsetMap: ~Copyable {
    static let entryBytes = MemoryLayout<Entry>.stride

    private struct Entry {
        var digest = KeyDigest(low: 0, high: 0)
        /// Plus one, so that 0 says that the slot is free.
        var offset: Int64 = 0
    }

    /// Keys that fit.
    let capacity: Int
    private(set) var count = 0
    /// Up to here, and no further, the map knows the log; -1 for not at all.
    private(set) var latestOffset: Int64 = -1

    private let entries: UnsafeMutableBufferPointer<Entry>
    private let secret: KeyDigest.Secret

    /// - Parameters:
    ///   - maxBytes: memory that it may take.
    ///   - loadFactor: share of the slots that may be used.
    ///   - keysAtMost: there will not be more; the map is no larger than they need.
    init(
        maxBytes: Int, loadFactor: Double, keysAtMost: Int, secret: KeyDigest.Secret = .random()
    ) {
        let mostSlots = max(2, maxBytes / OffsetMap.entryBytes)
        let wanted = Double(max(1, keysAtMost)) / loadFactor + 2
        let slots = wanted < Double(mostSlots) ? Int(wanted) : mostSlots
        // One slot stays free, where a search for an absent key ends.
        capacity = min(slots - 1, max(1, Int(Double(slots) * loadFactor)))
        entries = .allocate(capacity: slots)
        entries.initialize(repeating: Entry())
        self.secret = secret
    }

    deinit { entries.deallocate() }

    /// Notes where a key was seen. Offsets come in their order.
    ///
    /// - Returns: false when the map is full; the key is not noted then.
    mutating func put(_ key: UnsafeRawBufferPointer, offset: Int64) -> Bool {
        guard count < capacity else { return false }
        let digest = KeyDigest(of: key, secret)
        let slot = slot(of: digest)
        if entries[slot].offset == 0 { count += 1 }
        entries[slot] = Entry(digest: digest, offset: offset + 1)
        latestOffset = offset
        return true
    }

    /// The latest offset of a key; -1 when it was not seen.
    func offset(of key: UnsafeRawBufferPointer) -> Int64 {
        entries[slot(of: KeyDigest(of: key, secret))].offset - 1
    }

    /// Counts everything up to an offset as known: there is nothing more that could be noted.
    mutating func advance(to offset: Int64) {
        latestOffset = max(latestOffset, offset)
    }

    /// Where a digest is, or would be put.
    private func slot(of digest: KeyDigest) -> Int {
        var slot = Int(digest.low.multipliedFullWidth(by: UInt64(entries.count)).high)
        while entries[slot].offset != 0, entries[slot].digest != digest {
            slot += 1
            if slot == entries.count { slot = 0 }
        }
        return slot
    }
}
