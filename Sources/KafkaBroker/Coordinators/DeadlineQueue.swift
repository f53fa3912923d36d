import HeapModule

/// Times at which something is due, at most one for each key.
///
/// A value. Moving a deadline out, as every heartbeat does, costs one entry of a dictionary: the
/// heap learns of it when the old time has come. Bounded by the keys, since there are never more
/// than twice as many entries in the heap.
struct DeadlineQueue<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Comparable, Sendable {
        var deadlineMs: Int64
        var key: Key

        static func < (one: Entry, other: Entry) -> Bool { one.deadlineMs < other.deadlineMs }
        static func == (one: Entry, other: Entry) -> Bool { one.deadlineMs == other.deadlineMs }
    }

    private static var sparedEntries: Int { 64 }

    private var deadlines: [Key: Int64] = [:]
    private var heap = Heap<Entry>()

    /// Not later than the first deadline, in ms; nil when nothing is due ever.
    var nextMs: Int64? { deadlines.isEmpty ? nil : heap.min?.deadlineMs }

    func deadlineMs(of key: Key) -> Int64? { deadlines[key] }

    mutating func set(_ key: Key, at deadlineMs: Int64) {
        let old = deadlines.updateValue(deadlineMs, forKey: key)
        if let old, old <= deadlineMs { return }
        heap.insert(Entry(deadlineMs: deadlineMs, key: key))
        guard heap.count > 2 * deadlines.count + Self.sparedEntries else { return }
        heap = Heap(deadlines.map { Entry(deadlineMs: $0.value, key: $0.key) })
    }

    mutating func cancel(_ key: Key) { deadlines[key] = nil }

    /// Takes out one key whose deadline has come; nil when there is none.
    mutating func popDue(nowMs: Int64) -> Key? {
        while let first = heap.min, first.deadlineMs <= nowMs {
            heap.removeMin()
            guard let deadlineMs = deadlines[first.key] else { continue }
            guard deadlineMs > nowMs else {
                deadlines[first.key] = nil
                return first.key
            }
            heap.insert(Entry(deadlineMs: deadlineMs, key: first.key))
        }
        return nil
    }
}
