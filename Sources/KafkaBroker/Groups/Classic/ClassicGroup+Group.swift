import KafkaBase

extension ClassicGroup: Group {
    var kind: GroupKind { .classic }
    var stateName: String { state.rawValue }
    var protocolTypeName: String { protocolType ?? "" }
    var isEmpty: Bool { state == .empty }

    /// Made by offsets that somebody committed without being a member: no record tells of it.
    var isSimple: Bool { isEmpty && protocolType == nil }

    /// - Parameter instanceID: nil for a dynamic member.
    func checkMember(_ memberID: String, instanceID: String?) throws(ApiError) {
        if let instanceID {
            guard let current = staticMemberID(instanceID) else { throw ApiError(.unknownMemberId) }
            guard current == memberID else { throw ApiError(.fencedInstanceId) }
        }
        guard members[memberID] != nil else { throw ApiError(.unknownMemberId) }
    }

    /// Whoever tells no generation is an administrator, or assigns partitions to itself: it may
    /// commit while the group has no members. Old transactional producers tell none at all, and
    /// the state of the group does not matter to the others either.
    func checkCommit(_ committer: OffsetCommitter) throws(ApiError) {
        if committer.generation < 0 && state == .empty { return }
        let tellsWho =
            committer.generation >= 0 || !committer.memberID.isEmpty || committer.instanceID != nil
        if tellsWho {
            try checkMember(committer.memberID, instanceID: committer.instanceID)
            guard committer.generation == generation else { throw ApiError(.illegalGeneration) }
        } else if !committer.isTransactional && state != .empty {
            throw ApiError(.unknownMemberId)
        }
        // It knows the new generation, but does not have its partitions yet.
        if !committer.isTransactional && state == .completingRebalance {
            throw ApiError(.rebalanceInProgress)
        }
    }

    func checkFetch(memberID: String?, memberEpoch: Int32) throws(ApiError) {}

    /// Of consumers the topics are known that are in use.
    func checkOffsetDeletion() throws(ApiError) {
        guard state == .empty || isConsumers else { throw ApiError(.nonEmptyGroup) }
    }

    func checkDeletion() throws(ApiError) {
        guard state == .empty else { throw ApiError(.nonEmptyGroup) }
    }

    func isSubscribed(to topic: String) -> Bool {
        subscribedTopics?.contains(topic) ?? isConsumers
    }

    /// KIP-211: offsets of members stay while the group lives, but for topics that no consumer
    /// reads any more; those of an empty group are counted from when it became empty; those that
    /// were committed without membership, each from its commit.
    var offsetRetention: OffsetRetention? {
        guard protocolType != nil else { return .sinceCommit }
        switch state {
        case .empty: return stateTimestampMs.map { .since($0) } ?? .sinceCommit
        case .stable: return isConsumers && subscribedTopics != nil ? .sinceCommit : nil
        default: return nil
        }
    }

    func tombstones() throws(ApiError) -> [CoordinatorRecord] {
        [try .group(id, nil)]
    }
}
