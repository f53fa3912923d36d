import KafkaBase
import KafkaWire
import Logging
import NIOCore

/// SyncGroup.
extension GroupCoordinator {
    /// From this version on a member must say which protocol it means (KIP-559).
    private static let firstSyncVersionWithProtocol: Int16 = 5

    /// The answer comes when the leader's assignment is durable.
    func sync(
        _ request: SyncGroupRequest, version: Int16, reply: @escaping ClassicMember.SyncReply
    ) {
        do throws(ApiError) {
            guard !request.groupId.isEmpty else { throw ApiError(.invalidGroupId) }
            if version >= GroupCoordinator.firstSyncVersionWithProtocol,
                request.protocolType == nil || request.protocolName == nil
            {
                throw ApiError(.inconsistentGroupProtocol)
            }
            if let group = groups[request.groupId] as? LiveConsumerGroup {
                return reply(try sync(request, group))
            }
            guard let group = groups[request.groupId] as? ClassicGroup, !group.isEmpty else {
                throw ApiError(.unknownMemberId)
            }
            let member = try syncingMember(request, group)
            sync(request, member, group, reply)
        } catch {
            reply(.refusal(error.code))
        }
    }

    private func syncingMember(
        _ request: SyncGroupRequest, _ group: ClassicGroup
    ) throws(ApiError) -> ClassicMember {
        try group.checkMember(request.memberId, instanceID: request.groupInstanceId)
        guard request.generationId == group.generation else { throw ApiError(.illegalGeneration) }
        for (asked, actual) in [
            (request.protocolType, group.protocolType), (request.protocolName, group.protocolName),
        ] {
            if let asked, let actual, asked != actual {
                throw ApiError(.inconsistentGroupProtocol)
            }
        }
        guard let member = group.members[request.memberId] else {
            throw ApiError(.unknownMemberId)
        }
        return member
    }

    private func sync(
        _ request: SyncGroupRequest, _ member: ClassicMember, _ group: ClassicGroup,
        _ reply: @escaping ClassicMember.SyncReply
    ) {
        switch group.state {
        case .preparingRebalance: reply(.refusal(.rebalanceInProgress))
        case .completingRebalance:
            // Of two requests of a member, the later one counts.
            group.finishSync(member, .refusal(.rebalanceInProgress))
            member.syncReply = reply
            didSync(member, group)
            if group.isLeader(member.id) { store(request.assignments, group) }
        case .stable:
            didSync(member, group)
            reply(SyncGroupResponse(group, member))
        case .empty, .dead: reply(.refusal(.unknownMemberId))
        }
    }

    private func didSync(_ member: ClassicMember, _ group: ClassicGroup) {
        group.didSync(member.id)
        if group.pendingSyncs.isEmpty { deadlines.cancel(.sync(group: group.id)) }
    }

    /// Members that the leader has not thought of get nothing.
    private func store(
        _ assignments: [SyncGroupRequest.SyncGroupRequestAssignment], _ group: ClassicGroup
    ) {
        var byMember: [String: ByteBuffer] = [:]
        for assignment in assignments where group.members[assignment.memberId] != nil {
            // A slice would keep the frame that it came in.
            byMember[assignment.memberId] = ByteBuffer(buffer: assignment.assignment)
        }
        let stored = byMember
        let id = group.id
        let generation = group.generation
        do throws(ApiError) {
            try log.append([group.record(assignments: stored)], nowMs: nowMs) { [self] error in
                didStore(stored, groupID: id, generation: generation, error)
            }
        } catch {
            logger.warning(
                "the assignment of group \(id) is not stored: \(error.message ?? "\(error.code)")")
            didStore(stored, groupID: id, generation: generation, error.code)
        }
    }

    private func didStore(
        _ assignments: [String: ByteBuffer], groupID: String, generation: Int32, _ error: ErrorCode
    ) {
        // Another rebalance may have begun meanwhile.
        guard let group = groups[groupID] as? ClassicGroup, group.state == .completingRebalance,
            group.generation == generation
        else { return }
        guard error == .none else {
            refuseSyncs(group, error.asCoordinatorError)
            return rebalance(group, reason: "its assignment was not stored: \(error)")
        }
        group.move(to: .stable, nowMs: nowMs)
        for member in group.orderedMembers {
            member.assignment = assignments[member.id] ?? ByteBuffer()
            if group.finishSync(member, SyncGroupResponse(group, member)) {
                renewSession(of: member, in: group)
            }
        }
    }
}
