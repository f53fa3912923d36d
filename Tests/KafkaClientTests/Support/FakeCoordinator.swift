import KafkaBase

/// A transaction coordinator as far as one transactional id needs it (KIP-98, and KIP-890 where
/// `isVersion2`).
struct FakeCoordinator: Sendable {
    struct Transaction: Sendable {
        var partitions: Set<TopicPartition> = []
        var offsets: [TopicPartition: Int64] = [:]
    }

    var isVersion2 = false
    let producerID: Int64 = 500
    private(set) var epoch: Int16 = -1
    private(set) var open: Transaction?
    /// What became of those that were ended, in order.
    private(set) var outcomes: [Bool] = []
    private(set) var committedOffsets: [TopicPartition: Int64] = [:]

    /// - Parameter previous: what the one who asks believes to have.
    mutating func initialize(previous: (id: Int64, epoch: Int16)? = nil) -> ErrorCode {
        if let previous, previous.id >= 0, previous.epoch != epoch { return .producerFenced }
        if open != nil { finish(commits: false) }
        epoch += 1
        return .none
    }

    mutating func add(
        _ partitions: some Sequence<TopicPartition>, id: Int64, epoch: Int16
    ) -> ErrorCode {
        let code = check(id, epoch)
        guard code == .none else { return code }
        if open == nil { open = Transaction() }
        open?.partitions.formUnion(partitions)
        return .none
    }

    /// Whether a batch may be appended; with version 2 it makes its partition a part of the
    /// transaction.
    mutating func admits(_ partition: TopicPartition, id: Int64, epoch: Int16) -> ErrorCode {
        if isVersion2 { return add([partition], id: id, epoch: epoch) }
        let code = check(id, epoch)
        guard code == .none else { return code }
        return open?.partitions.contains(partition) == true ? .none : .invalidTxnState
    }

    mutating func commit(
        _ offsets: [TopicPartition: Int64], id: Int64, epoch: Int16
    ) -> ErrorCode {
        if isVersion2 { _ = add([], id: id, epoch: epoch) }
        guard open != nil else { return .invalidTxnState }
        open?.offsets.merge(offsets) { $1 }
        return check(id, epoch)
    }

    mutating func end(commits: Bool, id: Int64, epoch: Int16) -> ErrorCode {
        // The answer to the first request was lost.
        if isVersion2, open == nil, epoch == self.epoch - 1, outcomes.last == commits {
            return .none
        }
        let code = check(id, epoch)
        guard code == .none else { return code }
        guard open != nil else {
            if !isVersion2, outcomes.last == commits { return .none }
            return .invalidTxnState
        }
        finish(commits: commits)
        if isVersion2 { self.epoch += 1 }
        return .none
    }

    private mutating func finish(commits: Bool) {
        if commits, let open { committedOffsets.merge(open.offsets) { $1 } }
        outcomes.append(commits)
        open = nil
    }

    private func check(_ id: Int64, _ epoch: Int16) -> ErrorCode {
        id != producerID
            ? .invalidProducerIdMapping : epoch == self.epoch ? .none : .invalidProducerEpoch
    }
}
