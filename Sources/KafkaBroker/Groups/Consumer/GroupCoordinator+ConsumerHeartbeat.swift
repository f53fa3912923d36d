import KafkaBase
import KafkaWire
import Logging

/// What members and administrators ask of consumer groups.
extension GroupCoordinator {
    typealias ConsumerHeartbeatReply = @Sendable (ConsumerGroupHeartbeatResponse) -> Void

    /// ConsumerGroupHeartbeat. The answer comes when what it says is durable.
    func heartbeat(
        _ request: ConsumerGroupHeartbeatRequest, from client: GroupClient, version: Int16,
        reply: @escaping ConsumerHeartbeatReply
    ) {
        let context = consumers.context(of: request.groupId, nowMs: nowMs)
        do throws(ApiError) {
            try HeartbeatRules.check(
                request, apiVersion: version, assignors: context.settings.assignors)
            let joins = request.memberEpoch == ConsumerGroupMember.Epoch.join
            let isLeaving = request.memberEpoch < ConsumerGroupMember.Epoch.join
            let (group, replaced) = try consumerGroup(request.groupId, mayMake: joins)
            var draft = ConsumerGroupDraft(group.group)
            let response = try draft.heartbeat(
                request, from: client, refreshes: group.needsRefresh(context), context)
            try commit(
                draft, to: group, replaced: replaced, isRefreshed: !isLeaving, context
            ) { error in
                reply(error == .none ? response : .refusal(ApiError(error.asCoordinatorError)))
            }
        } catch {
            logger.debug(
                """
                group \(request.groupId): heartbeat of \(request.memberId) is refused: \
                \(error.message ?? "\(error.code)")
                """)
            reply(.refusal(ApiError(error.code.asCoordinatorError, error.message)))
        }
    }

    /// The group of a member, which makes it by joining; a group without members changes its
    /// protocol then.
    ///
    /// - Returns: the group, which is not in the table yet if it is new, and what removes its
    ///   predecessor from the log.
    private func consumerGroup(
        _ id: String, mayMake: Bool
    ) throws(ApiError) -> (LiveConsumerGroup, [CoordinatorRecord]) {
        switch groups[id] {
        case let group as LiveConsumerGroup: return (group, [])
        case let group as ClassicGroup where mayMake && group.isEmpty:
            return (LiveConsumerGroup(id: id), try group.tombstones())
        case nil where mayMake: return (LiveConsumerGroup(id: id), [])
        case nil: throw ApiError(.groupIdNotFound, "Consumer group \(id) not found.")
        default: throw ApiError(.groupIdNotFound, "Group \(id) is not a consumer group")
        }
    }

    /// ConsumerGroupDescribe: groups of this kind alone.
    func describeConsumerGroup(_ id: String) -> ConsumerGroup.Description {
        guard let group = groups[id] else {
            return .refusal(id, ApiError(.groupIdNotFound, "Group \(id) not found."))
        }
        guard let group = group as? LiveConsumerGroup else {
            return .refusal(
                id, ApiError(.groupIdNotFound, "Group \(id) is not a consumer group"))
        }
        return group.group.description(consumers.context(of: id, nowMs: nowMs))
    }
}

extension ConsumerGroupHeartbeatResponse {
    static func refusal(_ error: ApiError) -> ConsumerGroupHeartbeatResponse {
        var response = ConsumerGroupHeartbeatResponse()
        response.errorCode = error.code
        response.errorMessage = error.message
        return response
    }
}

extension ConsumerGroupDescribeResponse.DescribedGroup {
    static func refusal(_ groupID: String, _ error: ApiError) -> Self {
        var described = Self()
        described.groupId = groupID
        described.errorCode = error.code
        described.errorMessage = error.message
        return described
    }
}
