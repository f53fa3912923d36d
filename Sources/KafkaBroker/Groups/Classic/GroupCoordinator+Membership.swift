import KafkaBase
import KafkaWire
import Logging

/// How members stay in a group of the classic protocol, and how they go.
extension GroupCoordinator {
    func renewSession(of member: ClassicMember, in group: ClassicGroup) {
        deadlines.set(
            .session(group: group.id, member: member.id),
            at: nowMs + Int64(member.terms.sessionTimeoutMs))
    }

    /// Heartbeat: `REBALANCE_IN_PROGRESS` has the member join again.
    func heartbeat(_ request: HeartbeatRequest) -> ErrorCode {
        guard !request.groupId.isEmpty else { return .invalidGroupId }
        do throws(ApiError) {
            if let group = groups[request.groupId] as? LiveConsumerGroup {
                return try heartbeat(request, group)
            }
            guard let group = groups[request.groupId] as? ClassicGroup else {
                return .unknownMemberId
            }
            return try heartbeat(request, group)
        } catch {
            return error.code
        }
    }

    private func heartbeat(
        _ request: HeartbeatRequest, _ group: ClassicGroup
    ) throws(ApiError) -> ErrorCode {
        try group.checkMember(request.memberId, instanceID: request.groupInstanceId)
        guard request.generationId == group.generation else { return .illegalGeneration }
        guard let member = group.members[request.memberId], group.state != .empty else {
            return .unknownMemberId
        }
        renewSession(of: member, in: group)
        return group.state == .preparingRebalance ? .rebalanceInProgress : .none
    }

    /// A member, or one that was given an id and did not come again with it, was silent for too
    /// long.
    func expireSession(of memberID: String, in groupID: String) {
        guard let group = groups[groupID] as? ClassicGroup else { return }
        if group.pendingMembers.contains(memberID) {
            group.remove(memberID)
            return completeIfAllJoined(group)
        }
        guard let member = group.members[memberID], !member.isExcused else { return }
        logger.info("group \(groupID): member \(memberID) has expired")
        group.remove(memberID)
        didLose(group, reason: "member \(memberID) has expired")
    }

    /// Goes on without members that have gone.
    private func didLose(_ group: ClassicGroup, reason: String) {
        switch group.state {
        case .stable, .completingRebalance: prepareRebalance(group, reason: reason)
        case .preparingRebalance: completeIfAllJoined(group)
        case .empty, .dead: break
        }
    }

    private func completeIfAllJoined(_ group: ClassicGroup) {
        guard group.state == .preparingRebalance, group.hasAllJoined else { return }
        completeJoin(group)
    }

    // MARK: Leaving

    /// LeaveGroup: each member by itself. The answer comes when an empty group is durable.
    func leave(
        _ groupID: String, _ members: [LeaveGroupRequest.MemberIdentity],
        reply: @escaping @Sendable (LeaveGroupResponse) -> Void
    ) {
        var response = LeaveGroupResponse()
        guard !groupID.isEmpty else {
            response.errorCode = .invalidGroupId
            return reply(response)
        }
        if let group = groups[groupID] as? LiveConsumerGroup {
            return leave(group, members, reply: reply)
        }
        let group = groups[groupID] as? ClassicGroup
        response.members = members.map { member in
            var answer = LeaveGroupResponse.MemberResponse()
            answer.memberId = member.memberId
            answer.groupInstanceId = member.groupInstanceId
            answer.errorCode = group.map { leave(member, $0) } ?? .unknownMemberId
            return answer
        }
        guard let group else { return reply(response) }
        let gone = response.members.filter { $0.errorCode == .none }
        if !gone.isEmpty { didLeave(group, gone) }
        guard group.whenStored != nil else { return reply(response) }
        let answer = response
        group.whenStored?.append { reply(answer) }
    }

    private func didLeave(
        _ group: ClassicGroup, _ gone: [LeaveGroupResponse.MemberResponse]
    ) {
        switch group.state {
        case .stable, .completingRebalance:
            let names = gone.map { $0.memberId.isEmpty ? $0.groupInstanceId ?? "" : $0.memberId }
            prepareRebalance(group, reason: "members have left: \(names)")
        case .preparingRebalance: completeJoinIfReady(group)
        case .empty, .dead: break
        }
    }

    /// An administrator names a static member by its instance alone.
    private func leave(
        _ identity: LeaveGroupRequest.MemberIdentity, _ group: ClassicGroup
    ) -> ErrorCode {
        var memberID = identity.memberId
        if memberID.isEmpty {
            guard let found = identity.groupInstanceId.flatMap(group.staticMemberID) else {
                return .unknownMemberId
            }
            memberID = found
        } else if !group.pendingMembers.contains(memberID) {
            do throws(ApiError) {
                try group.checkMember(memberID, instanceID: identity.groupInstanceId)
            } catch {
                return error.code
            }
        }
        logger.debug(
            "group \(group.id): \(memberID) leaves: \(identity.reason ?? "not provided")")
        remove(memberID, from: group)
        return .none
    }
}
