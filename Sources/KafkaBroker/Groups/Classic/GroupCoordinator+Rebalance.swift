import KafkaBase
import KafkaWire
import Logging
import NIOCore

/// Rebalances: gathering a group's members, and giving them a new generation.
extension GroupCoordinator {
    /// Pause before members are waited for once more where none has come, in ms.
    private static let minRetryMs: Int64 = 1000

    /// Begins a rebalance, or goes on with the one that is under way.
    func rebalance(_ group: ClassicGroup, reason: String) {
        if group.canRebalance {
            prepareRebalance(group, reason: reason)
        } else {
            completeJoinIfReady(group)
        }
    }

    /// Has all members join.
    func prepareRebalance(_ group: ClassicGroup, reason: String) {
        if group.state == .completingRebalance { refuseSyncs(group, .rebalanceInProgress) }
        group.forgetSyncs()
        deadlines.cancel(.sync(group: group.id))
        group.rebalanceReason = reason
        logger.debug(
            "group \(group.id): rebalance of generation \(group.generation) begins: \(reason)")
        guard group.state == .empty else {
            group.move(to: .preparingRebalance, nowMs: nowMs)
            return group.hasAllJoined ? completeJoin(group) : awaitMembers(group)
        }
        // Others are likely to come at this moment, too.
        group.move(to: .preparingRebalance, nowMs: nowMs)
        let delayMs = settings.initialRebalanceDelayMs
        wait(
            group, delayMs,
            .initial(delayMs: delayMs, remainingMs: max(group.rebalanceTimeoutMs - delayMs, 0)))
    }

    private func awaitMembers(_ group: ClassicGroup) {
        wait(group, group.rebalanceTimeoutMs, .rebalanceTimeout)
    }

    private func wait(_ group: ClassicGroup, _ timeMs: Int64, _ wait: ClassicGroup.JoinWait) {
        group.joinWait = wait
        deadlines.set(.join(group: group.id), at: nowMs + timeMs)
    }

    /// The rebalance has waited for as long as it may, or as it was to at first.
    func joinTimeIsUp(_ groupID: String) {
        guard let group = groups[groupID] as? ClassicGroup, group.state == .preparingRebalance
        else { return }
        guard case .initial(let delayMs, let remainingMs) = group.joinWait, group.hasNewMember,
            remainingMs > 0
        else { return completeJoin(group) }
        // Somebody else has come since: wait for more, as long as all of it stays within the
        // rebalance timeout.
        group.hasNewMember = false
        let nextMs = min(settings.initialRebalanceDelayMs, remainingMs)
        wait(
            group, nextMs,
            .initial(delayMs: nextMs, remainingMs: max(remainingMs - delayMs, 0)))
    }

    /// Goes on if nobody is missing; but the first members of a group wait for others.
    func completeJoinIfReady(_ group: ClassicGroup) {
        guard group.state == .preparingRebalance, group.previousState != .empty,
            group.hasAllJoined
        else { return }
        completeJoin(group)
    }

    /// Begins the new generation with those that have come. Static members stay until their
    /// sessions end.
    func completeJoin(_ group: ClassicGroup) {
        deadlines.cancel(.join(group: group.id))
        removeAbsent(group)
        guard group.members.isEmpty || group.electJoinedLeader() else {
            logger.warning(
                "group \(group.id): no member has joined, \(group.members.count) are waited for")
            return wait(
                group, max(group.rebalanceTimeoutMs, GroupCoordinator.minRetryMs),
                .rebalanceTimeout)
        }
        group.hasNewMember = false
        group.beginGeneration(nowMs: nowMs)
        logger.info(
            """
            group \(group.id): generation \(group.generation) with \(group.members.count) \
            members: \(group.rebalanceReason)
            """)
        if group.state == .empty { return storeEmpty(group) }
        for member in group.orderedMembers {
            group.finishJoin(
                member,
                JoinGroupResponse(
                    group, memberID: member.id, showsMembers: group.isLeader(member.id)))
            renewSession(of: member, in: group)
            member.isNew = false
        }
        group.expectSyncs()
        deadlines.set(.sync(group: group.id), at: nowMs + group.rebalanceTimeoutMs)
    }

    private func removeAbsent(_ group: ClassicGroup) {
        let absent = group.orderedMembers.filter { !$0.isAwaitingJoin && !$0.isStatic }
        guard !absent.isEmpty else { return }
        for member in absent { remove(member.id, from: group) }
        logger.info(
            "group \(group.id): removed members that have not joined: \(absent.map(\.id))")
    }

    /// Ends the membership, and whatever the member was given time for.
    func remove(_ memberID: String, from group: ClassicGroup) {
        deadlines.cancel(.session(group: group.id, member: memberID))
        group.remove(memberID)
    }

    private func storeEmpty(_ group: ClassicGroup) {
        let id = group.id
        group.whenStored = []
        do throws(ApiError) {
            try log.append([group.record()], nowMs: nowMs) { [self] error in
                didStoreEmpty(id, error)
            }
        } catch {
            didStoreEmpty(id, error.code)
        }
    }

    /// Where it is lost, the last generation is there again after a restart, and ends with its
    /// sessions.
    private func didStoreEmpty(_ groupID: String, _ error: ErrorCode) {
        if error != .none { logger.warning("empty group \(groupID) is not stored: \(error)") }
        guard let group = groups[groupID] as? ClassicGroup else { return }
        let waiters = group.whenStored ?? []
        group.whenStored = nil
        for waiter in waiters { waiter() }
    }

    // MARK: Assignments

    /// The members that wait for their assignment get none.
    func refuseSyncs(_ group: ClassicGroup, _ error: ErrorCode) {
        for member in group.orderedMembers {
            member.assignment.clear()
            if group.finishSync(member, .refusal(error)) { renewSession(of: member, in: group) }
        }
    }

    /// Members that have not asked for their assignment are taken for dead (KAFKA-12734).
    func syncTimeIsUp(_ groupID: String) {
        guard let group = groups[groupID] as? ClassicGroup,
            group.state == .completingRebalance || group.state == .stable,
            !group.pendingSyncs.isEmpty
        else { return }
        let silent = group.orderedMembers.map(\.id).filter(group.pendingSyncs.contains)
        for memberID in silent { remove(memberID, from: group) }
        prepareRebalance(
            group, reason: "removed members that have not asked for their assignment: \(silent)")
    }
}
