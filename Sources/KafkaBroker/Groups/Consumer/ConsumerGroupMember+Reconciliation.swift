import KafkaBase

extension ConsumerGroupMember.Current {
    /// The next step from what a member has to what it is to have: it gives partitions up first,
    /// and gets others when nobody has them any more (Kafka's `CurrentAssignmentBuilder`).
    ///
    /// - Parameters:
    ///   - owned: what the member says it has; nil when it says nothing.
    ///   - isFree: whether no member has a partition.
    /// - Throws: `ApiError`, for a member in a state that only a later version knows.
    func advanced(
        to target: PartitionSet, epoch targetEpoch: Int32, owned: PartitionSet?,
        isFree: (Uuid, Int32) -> Bool
    ) throws(ApiError) -> Self {
        func step(_ epoch: Int32) -> Self {
            advanced(from: epoch, to: target, epoch: targetEpoch, owned: owned, isFree: isFree)
        }
        switch state {
        case .stable: return epoch == targetEpoch ? self : step(epoch)
        case .unrevokedPartitions:
            // All of it given up, the next epoch is reached.
            return stillHas(pendingRevocation, owned) ? self : step(epoch &+ 1)
        case .unreleasedPartitions: return step(epoch)
        case .unknown:
            guard owned?.isEmpty == true else {
                throw ApiError(
                    .fencedMemberEpoch,
                    "The consumer group member is in a unknown state. "
                        + "The member must abandon all its partitions and rejoin.")
            }
            return step(targetEpoch)
        }
    }

    private func advanced(
        from epoch: Int32, to target: PartitionSet, epoch targetEpoch: Int32, owned: PartitionSet?,
        isFree: (Uuid, Int32) -> Bool
    ) -> Self {
        let kept = assigned.intersection(target)
        let revoked = assigned.subtracting(kept)
        var next = self
        next.previousEpoch = self.epoch
        if !revoked.isEmpty, stillHas(revoked, owned) {
            next.epoch = epoch
            next.state = .unrevokedPartitions
            next.assigned = kept
            next.pendingRevocation = revoked
            return next
        }
        let missing = target.subtracting(kept)
        let free = missing.filter(isFree)
        next.epoch = targetEpoch
        next.state = free.count == missing.count ? .stable : .unreleasedPartitions
        next.assigned = kept.union(free)
        next.pendingRevocation = PartitionSet()
        return next
    }

    /// What it says nothing of, it may still have.
    private func stillHas(_ partitions: PartitionSet, _ owned: PartitionSet?) -> Bool {
        guard let owned else { return true }
        return !owned.isDisjoint(with: partitions)
    }
}
