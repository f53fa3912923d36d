internal import KafkaBase

/// What happens to the application's partitions next.
enum RebalanceStep: Equatable, Sendable {
    /// They go to somebody else, once the application is done with them.
    case revoke(Set<TopicPartition>)
    /// Somebody else may have them already.
    case lose(Set<TopicPartition>)
    /// They come in addition to what there is; none when a rebalance changed nothing.
    case assign(Set<TopicPartition>)
}

/// What the application has and what it is to have. One step at a time leads from one to the
/// other, and the application says when it has taken it.
struct Ownership: Equatable, Sendable {
    private(set) var owned: Set<TopicPartition> = []
    private var target: Set<TopicPartition> = []
    private var isLosing = false
    /// Whether an assignment is to be told even if it adds nothing.
    private var announces = false
    private var running: RebalanceStep?

    /// Whether the application has what it is to have.
    var isSettled: Bool { running == nil && pending == nil }

    mutating func assign(_ partitions: Set<TopicPartition>) {
        target = partitions
        announces = true
    }

    mutating func revokeAll() {
        target = []
        announces = false
    }

    mutating func loseAll() {
        target = []
        announces = false
        isLosing = running != nil || !owned.isEmpty
    }

    /// The next step, if there is one and none is being taken.
    var next: RebalanceStep? { running == nil ? pending : nil }

    /// The application begins to take the next step.
    mutating func begin() -> RebalanceStep? {
        guard let step = next else { return nil }
        if case .assign = step { announces = false }
        running = step
        return step
    }

    /// The application has taken the step.
    mutating func finish() {
        switch running {
        case .revoke(let partitions)?, .lose(let partitions)?: owned.subtract(partitions)
        case .assign(let partitions)?: owned.formUnion(partitions)
        case nil: return
        }
        running = nil
        if owned.isEmpty { isLosing = false }
    }

    /// The application could not take the step, and will try again.
    mutating func abandon() {
        if case .assign? = running { announces = true }
        running = nil
        if owned.isEmpty { isLosing = false }
    }

    private var pending: RebalanceStep? {
        if isLosing { return owned.isEmpty ? nil : .lose(owned) }
        let revoked = owned.subtracting(target)
        if !revoked.isEmpty { return .revoke(revoked) }
        let added = target.subtracting(owned)
        return announces || !added.isEmpty ? .assign(added) : nil
    }
}
