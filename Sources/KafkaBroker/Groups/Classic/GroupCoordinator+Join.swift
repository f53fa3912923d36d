import KafkaBase
import KafkaWire
import Logging

/// JoinGroup.
extension GroupCoordinator {
    /// A new member that does not come again within this time, although it was not answered, has
    /// gone (Kafka's `NEW_MEMBER_JOIN_TIMEOUT_MS`).
    private static let newMemberTimeoutMs: Int64 = 300_000

    /// The answer comes when the rebalance that it begins has gathered the group's members.
    func join(_ attempt: JoinAttempt) {
        let request = attempt.request
        guard !request.groupId.isEmpty else { return attempt.refuse(.invalidGroupId) }
        guard settings.sessionTimeoutsMs.contains(request.sessionTimeoutMs) else {
            return attempt.refuse(.invalidSessionTimeout)
        }
        switch groups[request.groupId] {
        case nil: joinNewGroup(attempt)
        case let group as ClassicGroup: join(attempt, group)
        case let group as LiveConsumerGroup: join(attempt, group)
        case _?: attempt.refuse(.inconsistentGroupProtocol, memberID: "")
        }
    }

    /// Only a new member makes a group.
    ///
    /// - Parameter replaced: what takes the group's predecessor of another kind out of the log.
    func joinNewGroup(_ attempt: JoinAttempt, replaced: [CoordinatorRecord] = []) {
        let request = attempt.request
        guard request.memberId.isEmpty else { return attempt.refuse(.unknownMemberId) }
        guard hasRoomForGroup(request.groupId) else {
            return attempt.refuse(.groupMaxSizeReached, memberID: "")
        }
        let group = ClassicGroup(id: request.groupId, nowMs: nowMs, limits: limits)
        guard group.supports(request.protocolType, attempt.protocolNames) else {
            return attempt.refuse(.inconsistentGroupProtocol, memberID: "")
        }
        do throws(ApiError) {
            let logger = logger
            try log.append(replaced + [group.newRecord()], nowMs: nowMs) { error in
                guard error != .none else { return }
                logger.warning("the new group \(request.groupId) may be lost: \(error)")
            }
        } catch {
            return attempt.refuse(error.code.asCoordinatorError, memberID: "")
        }
        groups[group.id] = group
        join(attempt, group)
    }

    /// Whether one more may be made.
    func hasRoomForGroup(_ groupID: String) -> Bool {
        if groups.count < GroupLimits.maxGroups { return true }
        limits.note("group \(groupID) is refused: there are \(groups.count)", logger)
        return false
    }

    private func join(_ attempt: JoinAttempt, _ group: ClassicGroup) {
        let request = attempt.request
        let terms = attempt.terms
        let presentBytes = group.members[request.memberId]?.terms.sizeBytes ?? 0
        guard limits.hasRoom(forMemberBytes: terms.sizeBytes, presentBytes: presentBytes) else {
            limits.note(
                """
                group \(group.id): a member with \(terms.sizeBytes) bytes is refused, since \
                members take \(limits.memberBytes) bytes
                """, logger)
            return attempt.refuse(.groupMaxSizeReached)
        }
        guard accepts(request.memberId, group) else {
            group.remove(request.memberId)
            attempt.refuse(.groupMaxSizeReached, memberID: "")
            return completeJoinIfReady(group)
        }
        guard group.supports(request.protocolType, attempt.protocolNames) else {
            return attempt.refuse(.inconsistentGroupProtocol)
        }
        if request.memberId.isEmpty {
            joinNewMember(attempt, group)
        } else {
            rejoin(attempt, group)
        }
    }

    /// Whether there is room. While the group gathers its members those are counted that have
    /// come, so that the last ones are left out when the limit was lowered.
    private func accepts(_ memberID: String, _ group: ClassicGroup) -> Bool {
        let member = group.members[memberID]
        return switch group.state {
        case .empty, .dead: true
        case .preparingRebalance:
            member?.isAwaitingJoin == true || group.awaitingJoinCount < settings.maxSize
        case .completingRebalance, .stable:
            member != nil || group.members.count < settings.maxSize
        }
    }

    // MARK: New members

    private func joinNewMember(_ attempt: JoinAttempt, _ group: ClassicGroup) {
        let request = attempt.request
        let instanceID = request.groupInstanceId
        let memberID = MemberID.make(instanceID ?? attempt.client.id)
        if let instanceID {
            if let old = group.staticMemberID(instanceID).flatMap({ group.members[$0] }) {
                return replaceStaticMember(old, with: memberID, attempt, group)
            }
        } else if attempt.needsKnownID {
            group.expect(pending: memberID)
            deadlines.set(
                .session(group: group.id, member: memberID),
                at: nowMs + Int64(request.sessionTimeoutMs))
            return attempt.refuse(.memberIdRequired, memberID: memberID)
        }
        add(memberID, attempt, group)
    }

    private func add(_ memberID: String, _ attempt: JoinAttempt, _ group: ClassicGroup) {
        // The initial rebalance can be put off once more.
        if group.state == .preparingRebalance, group.previousState == .empty {
            group.hasNewMember = true
        }
        let member = group.add(
            memberID, instanceID: attempt.request.groupInstanceId, client: attempt.client,
            protocolType: attempt.request.protocolType, terms: attempt.terms,
            joinReply: attempt.reply)
        member.isNew = true
        deadlines.set(
            .session(group: group.id, member: memberID),
            at: nowMs + GroupCoordinator.newMemberTimeoutMs)
        rebalance(group, reason: "member \(memberID) has joined: \(attempt.reason)")
    }

    // MARK: Members that come again

    private func rejoin(_ attempt: JoinAttempt, _ group: ClassicGroup) {
        let memberID = attempt.request.memberId
        if group.pendingMembers.contains(memberID) {
            // A static one is never asked to come again.
            guard attempt.request.groupInstanceId == nil else {
                return attempt.refuse(.unknownServerError)
            }
            return add(memberID, attempt, group)
        }
        do throws(ApiError) {
            try group.checkMember(memberID, instanceID: attempt.request.groupInstanceId)
        } catch {
            return attempt.refuse(error.code)
        }
        guard let member = group.members[memberID] else { return }
        rejoin(attempt, member, group)
    }

    private func rejoin(_ attempt: JoinAttempt, _ member: ClassicMember, _ group: ClassicGroup) {
        let isLeader = group.isLeader(member.id)
        let isUnchanged = member.terms.protocols == attempt.terms.protocols
        switch group.state {
        case .completingRebalance where isUnchanged:
            // It may not have got its answer.
            attempt.reply(
                JoinGroupResponse(group, memberID: member.id, showsMembers: isLeader))
        // A leader knows of changes that others do not tell, such as of its topics' partitions.
        case .stable where isUnchanged && !isLeader:
            attempt.reply(JoinGroupResponse(group, memberID: member.id, showsMembers: false))
        case .preparingRebalance, .completingRebalance, .stable:
            group.update(member, attempt.terms, joinReply: attempt.reply)
            let who = isLeader ? "leader" : "member"
            rebalance(group, reason: "\(who) \(member.id) joins again: \(attempt.reason)")
        case .empty, .dead: attempt.refuse(.unknownMemberId)
        }
    }
}

/// Names of members.
enum MemberID {
    /// - Parameter prefix: the client's or the instance's id.
    static func make(_ prefix: String) -> String { "\(prefix)-\(Uuid.random().hyphenated)" }
}
