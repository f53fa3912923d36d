/// Remembers where the next reads will begin: a consumer goes on where its last read ended, so its
/// position is known without a look at index or headers.
///
/// A value of its log. Bounded to a few consumers; with more of them the oldest is forgotten and
/// looked up again.
struct PositionHints {
    struct Hint {
        var offset: Int64
        var segmentBaseOffset: Int64
        var position: Int
    }

    private static let capacity = 16

    private var hints: [Hint] = []
    private var oldest = 0

    /// Where the batch that holds `offset` begins, if remembered.
    func find(_ offset: Int64) -> Hint? {
        hints.first { $0.offset == offset }
    }

    mutating func note(_ hint: Hint) {
        if let index = hints.firstIndex(where: { $0.offset == hint.offset }) {
            hints[index] = hint
        } else if hints.count < Self.capacity {
            hints.append(hint)
        } else {
            hints[oldest] = hint
            oldest = (oldest + 1) % Self.capacity
        }
    }

    /// Notes where a consumer's next read begins in the place of where this one began.
    mutating func move(from offset: Int64, to hint: Hint) {
        if let index = hints.firstIndex(where: { $0.offset == offset }) {
            hints[index] = hint
        } else {
            note(hint)
        }
    }

    mutating func removeAll() {
        hints.removeAll()
        oldest = 0
    }
}
