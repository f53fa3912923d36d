import KafkaBase
import KafkaWire
import Logging

/// Groups that move from one protocol to the other with their members (KIP-848), and the requests
/// of members that speak the classic protocol meanwhile.
extension GroupCoordinator {
    // MARK: From the classic protocol

    /// Whether a member that speaks the consumer protocol may join.
    func canUpgrade(_ group: ClassicGroup, _ settings: ConsumerGroupSettings) -> Bool {
        settings.migrationPolicy.allowsUpgrade && group.isConsumers
            && group.members.count <= settings.maxSize
    }

    // MARK: Back to it

    /// Makes a group of the classic protocol of one whose last member of the other goes.
    ///
    /// - Returns: false where the group stays what it is, and nothing was done.
    /// - Throws: `ApiError` when nothing has changed.
    func downgrade(
        _ group: LiveConsumerGroup, by draft: ConsumerGroupDraft, _ context: ConsumerGroupContext,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError) -> Bool {
        let before = group.group
        let after = draft.group
        guard !draft.records.isEmpty, context.settings.migrationPolicy.allowsDowngrade,
            !after.isEmpty, after.members.count <= settings.maxSize,
            after.members.values.allSatisfy(\.isClassic),
            !before.members.values.allSatisfy(\.isClassic)
        else { return false }
        let gone = Set(before.members.keys).subtracting(after.members.keys)
        // A member that comes in the place of another goes on with what that had.
        let isReplaced = after.members.count == before.members.count
        let classic = try ClassicGroup(
            isReplaced ? after : before, without: isReplaced ? [] : gone, context.topics,
            nowMs: context.nowMs, limits: limits)
        try log.append(
            group.tombstones() + [classic.record()], nowMs: context.nowMs, then: then)
        deadlines.cancel(.consumerMembers(group: group.id))
        groups[group.id] = classic
        for member in classic.members.values { renewSession(of: member, in: classic) }
        logger.info("group \(group.id) goes on with the classic protocol")
        if !isReplaced {
            prepareRebalance(
                classic, reason: "Downgrade group \(group.id) from consumer to classic.")
        }
        return true
    }

    // MARK: Members that speak the classic protocol

    /// JoinGroup.
    func join(_ attempt: JoinAttempt, _ group: LiveConsumerGroup) {
        let context = consumers.context(of: group.id, nowMs: nowMs)
        do throws(ApiError) {
            // Without members it gives way to a group of the other protocol.
            if group.isEmpty { return joinNewGroup(attempt, replaced: try group.tombstones()) }
            var draft = ConsumerGroupDraft(group.group)
            let response = try draft.join(
                attempt, refreshes: group.needsRefresh(context), context)
            guard response.errorCode == .none else { return attempt.reply(response) }
            // What expressions stand for is left to those that subscribe with them.
            let isRefreshed = draft.group.patterns.isEmpty
            try commit(draft, to: group, isRefreshed: isRefreshed, context) { error in
                guard error == .none else { return attempt.refuse(error.asCoordinatorError) }
                attempt.reply(response)
            }
        } catch {
            attempt.refuse(error.code.asCoordinatorError)
        }
    }

    /// SyncGroup.
    func sync(
        _ request: SyncGroupRequest, _ group: LiveConsumerGroup
    ) throws(ApiError) -> SyncGroupResponse {
        let member = try group.group.classicMember(
            request.memberId, instanceID: request.groupInstanceId,
            generation: request.generationId)
        try group.group.checkProtocol(request, of: member)
        if group.group.mustRejoin(beforeSync: member) {
            awaitJoin(of: member, group)
            throw ApiError(.rebalanceInProgress)
        }
        var response = SyncGroupResponse()
        response.protocolType = request.protocolType
        response.protocolName = request.protocolName
        do throws(WireError) {
            response.assignment = try ConsumerProtocol.encode(
                member.current.assigned, for: member.classicProtocol?.metadata, consumers.topics())
        } catch {
            throw ApiError(.unknownServerError, "\(error)")
        }
        group.change(.clear(.sync, memberID: member.id), nowMs: nowMs)
        renewSession(of: member, group)
        return response
    }

    /// Heartbeat: `REBALANCE_IN_PROGRESS` has the member join again.
    func heartbeat(
        _ request: HeartbeatRequest, _ group: LiveConsumerGroup
    ) throws(ApiError) -> ErrorCode {
        let member = try group.group.classicMember(
            request.memberId, instanceID: request.groupInstanceId,
            generation: request.generationId)
        renewSession(of: member, group)
        guard group.group.mustRejoin(member) else { return .none }
        awaitJoin(of: member, group)
        return .rebalanceInProgress
    }

    /// LeaveGroup: each member by itself, whichever protocol it speaks.
    func leave(
        _ group: LiveConsumerGroup, _ members: [LeaveGroupRequest.MemberIdentity],
        reply: @escaping @Sendable (LeaveGroupResponse) -> Void
    ) {
        var response = LeaveGroupResponse()
        var gone: [String] = []
        for member in members {
            var answer = LeaveGroupResponse.MemberResponse()
            answer.memberId = member.memberId
            answer.groupInstanceId = member.groupInstanceId
            do throws(ApiError) {
                let found = try group.group.member(
                    member.memberId, instanceID: member.groupInstanceId)
                guard !gone.contains(found.id) else { throw ApiError(.unknownMemberId) }
                gone.append(found.id)
            } catch {
                answer.errorCode = error.code
            }
            response.members.append(answer)
        }
        guard !gone.isEmpty else { return reply(response) }
        let answer = response
        let refuse = { @Sendable (error: ErrorCode) in
            var refusal = LeaveGroupResponse()
            refusal.errorCode = error.asCoordinatorError
            reply(refusal)
        }
        let context = consumers.context(of: group.id, nowMs: nowMs)
        var draft = ConsumerGroupDraft(group.group)
        draft.remove(gone, context)
        do throws(ApiError) {
            try commit(draft, to: group, isRefreshed: false, context) { error in
                error == .none ? reply(answer) : refuse(error)
            }
        } catch {
            refuse(error.code)
        }
    }

    private func renewSession(of member: ConsumerGroupMember, _ group: LiveConsumerGroup) {
        let timeoutMs = member.metadata.classic?.sessionTimeoutMs ?? 0
        group.change(.set(.session, memberID: member.id, afterMs: timeoutMs), nowMs: nowMs)
        schedule(group)
    }

    private func awaitJoin(of member: ConsumerGroupMember, _ group: LiveConsumerGroup) {
        let timeoutMs = member.metadata.rebalanceTimeoutMs
        group.change(.start(.join, memberID: member.id, afterMs: timeoutMs), nowMs: nowMs)
        schedule(group)
    }
}
