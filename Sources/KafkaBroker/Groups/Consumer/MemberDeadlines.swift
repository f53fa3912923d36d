/// When members of a group are given up: what a restart may forget. A value.
struct MemberDeadlines: Sendable {
    /// What a member has to do in time.
    enum Kind: Sendable, CaseIterable {
        /// Be heard of.
        case session
        /// Give up partitions.
        case rebalance
        /// Of the classic protocol: join again, and ask for its assignment.
        case join
        case sync
    }

    struct Key: Sendable, Hashable {
        var memberID: String
        var kind: Kind
    }

    /// A change that goes with records.
    enum Change: Sendable {
        case set(Kind, memberID: String, afterMs: Int32)
        /// Unless the time is running.
        case start(Kind, memberID: String, afterMs: Int32)
        case clear(Kind, memberID: String)
    }

    private var queue = DeadlineQueue<Key>()

    /// Not later than the first deadline, in ms; nil when there is none.
    var nextMs: Int64? { queue.nextMs }

    mutating func apply(_ change: Change, nowMs: Int64) {
        switch change {
        case .set(let kind, let memberID, let afterMs):
            queue.set(Key(memberID: memberID, kind: kind), at: nowMs + Int64(max(0, afterMs)))
        case .start(let kind, let memberID, let afterMs):
            let key = Key(memberID: memberID, kind: kind)
            guard queue.deadlineMs(of: key) == nil else { return }
            queue.set(key, at: nowMs + Int64(max(0, afterMs)))
        case .clear(let kind, let memberID):
            queue.cancel(Key(memberID: memberID, kind: kind))
        }
    }

    mutating func clear(of memberID: String) {
        for kind in Kind.allCases { queue.cancel(Key(memberID: memberID, kind: kind)) }
    }

    /// Takes out what has passed.
    mutating func takeDue(nowMs: Int64) -> [Key] {
        var due: [Key] = []
        while let key = queue.popDue(nowMs: nowMs) { due.append(key) }
        return due
    }
}

extension MemberDeadlines.Kind: CustomStringConvertible {
    /// What a member is removed for.
    var description: String {
        switch self {
        case .session: "its session expired"
        case .rebalance: "it did not give up partitions within its rebalance timeout"
        case .join: "it did not join again within its rebalance timeout"
        case .sync: "it did not ask for its assignment within its rebalance timeout"
        }
    }
}
