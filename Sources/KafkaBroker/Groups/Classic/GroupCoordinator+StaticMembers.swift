import KafkaBase
import KafkaWire
import Logging

/// Static members that come again under a new id (KIP-345).
extension GroupCoordinator {
    /// While the group is stable, and its protocol stays the same, the member goes on with its
    /// assignment, and nobody else hears of it.
    func replaceStaticMember(
        _ old: ClassicMember, with memberID: String, _ attempt: JoinAttempt, _ group: ClassicGroup
    ) {
        let replacement = StaticReplacement(
            groupID: group.id, memberID: memberID, oldID: old.id, oldTerms: old.terms,
            leaderID: group.leaderID, attempt: attempt)
        let instanceID = old.instanceID ?? ""
        let member = group.replace(old, with: memberID)
        deadlines.cancel(.session(group: group.id, member: old.id))
        group.update(member, attempt.terms, joinReply: attempt.reply)
        renewSession(of: member, in: group)
        switch group.state {
        case .stable where group.selectProtocol() == group.protocolName:
            store(replacement, group)
        case .stable, .completingRebalance:
            // The leader may be assigning to the old id at this moment.
            prepareRebalance(
                group,
                reason: "static member \(instanceID) comes again as \(memberID): \(attempt.reason)")
        case .preparingRebalance, .empty, .dead: completeJoinIfReady(group)
        }
    }

    private func store(_ replacement: StaticReplacement, _ group: ClassicGroup) {
        do throws(ApiError) {
            try log.append([group.record()], nowMs: nowMs) { [self] error in
                didStore(replacement, error)
            }
        } catch {
            logger.warning("group \(group.id): \(error.message ?? "\(error.code)")")
            didStore(replacement, error.code)
        }
    }

    private func didStore(_ replacement: StaticReplacement, _ error: ErrorCode) {
        guard let group = groups[replacement.groupID] as? ClassicGroup,
            let member = group.members[replacement.memberID]
        else { return }
        guard error == .none else { return undo(replacement, member, group, error) }
        logger.info(
            """
            group \(group.id): static member \(member.instanceID ?? "") goes on as \(member.id) \
            in generation \(group.generation)
            """)
        // Where a rebalance has begun meanwhile, the member has joined that.
        guard group.state == .stable else { return }
        let skips = replacement.attempt.canSkipAssignment
        let isLeader = group.isLeader(member.id)
        var response = JoinGroupResponse(
            group, memberID: member.id, showsMembers: skips && isLeader)
        response.skipAssignment = skips && isLeader
        // One that cannot skip it would assign anew if it knew that it leads.
        if !skips { response.leader = replacement.leaderID ?? "" }
        group.finishJoin(member, response)
    }

    private func undo(
        _ replacement: StaticReplacement, _ member: ClassicMember, _ group: ClassicGroup,
        _ error: ErrorCode
    ) {
        guard member.isAwaitingJoin else { return }
        logger.warning("static member \(member.id) of group \(group.id) is not stored: \(error)")
        group.update(member, replacement.oldTerms, joinReply: nil)
        deadlines.cancel(.session(group: group.id, member: member.id))
        renewSession(of: group.replace(member, with: replacement.oldID), in: group)
        replacement.attempt.refuse(error.asCoordinatorError, memberID: "")
    }
}

/// A static member's new id on the way to the log.
private struct StaticReplacement: Sendable {
    var groupID: String
    var memberID: String
    var oldID: String
    var oldTerms: ClassicMember.Terms
    /// Before.
    var leaderID: String?
    var attempt: JoinAttempt
}
