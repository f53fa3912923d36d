import KafkaBase
import KafkaWire
import Logging

/// What members and administrators ask of consumer groups.
extension GroupCoordinator {
    typealias ConsumerHeartbeatReply = @Sendable (ConsumerGroupHeartbeatResponse) -> Void

    /// ConsumerGroupHeartbeat. The answer comes when what it says is durable.
    ///
    /// - Parameter view: of the topics that the client may know of.
    func heartbeat(
        _ request: ConsumerGroupHeartbeatRequest, from client: GroupClient, view: TopicView,
        version: Int16, reply: @escaping ConsumerHeartbeatReply
    ) {
        let context = consumers.context(of: request.groupId, nowMs: nowMs, view: view)
        do throws(ApiError) {
            try HeartbeatRules.check(
                request, apiVersion: version, assignors: context.settings.assignors)
            let joins = request.memberEpoch == ConsumerGroupMember.Epoch.join
            let isLeaving = request.memberEpoch < ConsumerGroupMember.Epoch.join
            let group = try consumerGroup(request.groupId, mayMake: joins, context.settings)
            var draft = ConsumerGroupDraft(group.group)
            let classic = groups[request.groupId] as? ClassicGroup
            if let classic, !classic.isEmpty { try draft.takeOver(classic, context) }
            let response = try draft.heartbeat(
                request, from: client, refreshes: group.needsRefresh(context), context)
            try commit(
                draft, to: group, replaced: classic?.tombstones() ?? [], isRefreshed: !isLeaving,
                context
            ) { error in
                reply(error == .none ? response : .refusal(ApiError(error.asCoordinatorError)))
            }
            scheduleResolution(for: response.memberId, view, group)
        } catch {
            logger.debug(
                """
                group \(request.groupId): heartbeat of \(request.memberId) is refused: \
                \(error.message ?? "\(error.code)")
                """)
            reply(.refusal(ApiError(error.code.asCoordinatorError, error.message)))
        }
    }

    /// The group of a member, which makes it by joining; in the place of one of the classic
    /// protocol, if that has no members, or such as can go on in it.
    ///
    /// - Returns: the group, which is not in the table yet if it is new.
    private func consumerGroup(
        _ id: String, mayMake: Bool, _ settings: ConsumerGroupSettings
    ) throws(ApiError) -> LiveConsumerGroup {
        switch groups[id] {
        case let group as LiveConsumerGroup: return group
        case let group as ClassicGroup
        where mayMake && (group.isEmpty || canUpgrade(group, settings)):
            return LiveConsumerGroup(id: id)
        case nil where mayMake:
            guard hasRoomForGroup(id) else { throw ApiError(.groupMaxSizeReached) }
            return LiveConsumerGroup(id: id)
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
