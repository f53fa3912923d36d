import KafkaBase
import KafkaWire

/// ConsumerGroupHeartbeat (Kafka's `GroupMetadataManager.consumerGroupHeartbeat`). Requests have
/// passed `HeartbeatRules`.
extension ConsumerGroupDraft {
    typealias HeartbeatRequest = ConsumerGroupHeartbeatRequest
    typealias HeartbeatResponse = ConsumerGroupHeartbeatResponse

    /// - Parameter refreshes: whether the topics may have changed since the group's last refresh.
    mutating func heartbeat(
        _ request: HeartbeatRequest, from client: GroupClient, refreshes: Bool,
        _ context: ConsumerGroupContext
    ) throws(ApiError) -> HeartbeatResponse {
        guard request.memberEpoch >= ConsumerGroupMember.Epoch.join else {
            return try leave(request, context)
        }
        try checkCapacity(for: request.memberId, context)
        let owned = request.topicPartitions.map { topics in
            PartitionSet(topics.lazy.map { ($0.topicId, $0.partitions) })
        }
        let before = try joined(request, owned: owned)
        var member = before
        member.metadata.update(from: request, client)
        try checkPattern(of: member, before: before, context)
        write(member)
        updateSubscriptions(
            isForced: subscribes(member, before: before), refreshes: refreshes, context)
        updateTarget(context)
        let current = try reconcile(member.id, owned: owned)
        if before.isClassic {
            deadlines.append(.clear(.join, memberID: member.id))
            deadlines.append(.clear(.sync, memberID: member.id))
        }
        deadlines.append(
            .set(.session, memberID: member.id, afterMs: context.settings.sessionTimeoutMs))
        var response = HeartbeatResponse()
        response.memberId = member.id
        response.memberEpoch = current.epoch
        response.heartbeatIntervalMs = context.settings.heartbeatIntervalMs
        if request.isFull || current.assigned != before.current.assigned {
            response.assignment = .init(current.assigned)
        }
        return response
    }

    /// Whether a member wants other topics. What a new expression stands for is found out after
    /// the heartbeat; until then the member keeps what it has.
    private func subscribes(
        _ member: ConsumerGroupMember, before: ConsumerGroupMember
    ) -> Bool {
        if member.metadata.topicNames != before.metadata.topicNames { return true }
        let expression = member.metadata.pattern
        guard expression != before.metadata.pattern else { return false }
        return expression.isEmpty || group.patterns[expression] != nil
    }

    /// Brings the group up to what its members are subscribed to and to the topics there are; its
    /// epoch rises where that has changed.
    mutating func updateSubscriptions(
        isForced: Bool, refreshes: Bool, _ context: ConsumerGroupContext
    ) {
        // A group that is new leaves epoch 0 whatever its member is subscribed to.
        var rises = isForced || group.epoch == 0
        writeTombstonesOfUnusedPatterns()
        if refreshes, refreshPatterns(context) { rises = true }
        if rises || refreshes, updateTopics(context) { rises = true }
        if rises { write(.epoch(group.epoch &+ 1)) }
    }

    /// - Throws: `GROUP_MAX_SIZE_REACHED`, for a member that the group does not have.
    func checkCapacity(
        for memberID: String, _ context: ConsumerGroupContext
    ) throws(ApiError) {
        guard group.members.count >= context.settings.maxSize, group.members[memberID] == nil
        else { return }
        throw ApiError(
            .groupMaxSizeReached,
            "The consumer group has reached its maximum capacity of "
                + "\(context.settings.maxSize) members.")
    }

    /// - Throws: `INVALID_REGULAR_EXPRESSION`.
    private func checkPattern(
        of member: ConsumerGroupMember, before: ConsumerGroupMember, _ context: ConsumerGroupContext
    ) throws(ApiError) {
        let expression = member.metadata.pattern
        guard !expression.isEmpty, expression != before.metadata.pattern,
            group.patterns[expression] == nil
        else { return }
        do throws(PatternError) {
            _ = try TopicPattern(expression).matching(context.topics.names)
        } catch {
            throw ApiError(
                .invalidRegularExpression,
                "SubscribedTopicRegex `\(expression)` is not a valid regular expression: "
                    + "\(error).")
        }
    }

    // MARK: Joining

    /// The member as it was before this heartbeat, which may be its first.
    private mutating func joined(
        _ request: HeartbeatRequest, owned: PartitionSet?
    ) throws(ApiError) -> ConsumerGroupMember {
        let joins = request.memberEpoch == ConsumerGroupMember.Epoch.join
        let id = request.memberId.isEmpty ? Uuid.random().description : request.memberId
        guard let instance = request.instanceId else {
            if joins, group.members[id] == nil { return ConsumerGroupMember(id: id) }
            let member = try member(id)
            try member.check(epoch: request.memberEpoch, owned: owned)
            return member
        }
        guard joins else {
            let member = try staticMember(instance, memberID: id)
            try member.check(epoch: request.memberEpoch, owned: owned)
            return member
        }
        return try joinedStatically(id, instance)
    }

    private mutating func joinedStatically(
        _ id: String, _ instance: String
    ) throws(ApiError) -> ConsumerGroupMember {
        guard let old = group.staticMember(instance) else {
            return group.members[id] ?? ConsumerGroupMember(id: id)
        }
        guard old.isClassic || old.current.epoch == ConsumerGroupMember.Epoch.leaveForNow else {
            throw ApiError(
                .unreleasedInstanceId,
                "Static member \(id) with instance id \(instance) cannot join the group because "
                    + "the instance id is owned by \(old.id) member.")
        }
        return takeOver(old, as: id)
    }

    /// A static member that comes back has what it had.
    mutating func takeOver(_ old: ConsumerGroupMember, as id: String) -> ConsumerGroupMember {
        var new = ConsumerGroupMember(id: id)
        new.metadata = old.metadata
        new.current = old.current
        new.current.epoch = ConsumerGroupMember.Epoch.join
        new.current.previousEpoch = ConsumerGroupMember.Epoch.join
        replace(old, with: new)
        return new
    }

    /// - Throws: where nobody has the instance id, or another member.
    func staticMember(
        _ instance: String, memberID: String
    ) throws(ApiError) -> ConsumerGroupMember {
        guard let member = group.staticMember(instance) else {
            throw ApiError(.unknownMemberId, "Instance id \(instance) is unknown.")
        }
        guard member.id == memberID else {
            throw ApiError(
                .fencedInstanceId,
                "Static member \(memberID) with instance id \(instance) was fenced by member "
                    + "\(member.id).")
        }
        return member
    }

    // MARK: Leaving

    private mutating func leave(
        _ request: HeartbeatRequest, _ context: ConsumerGroupContext
    ) throws(ApiError) -> HeartbeatResponse {
        var response = HeartbeatResponse()
        response.memberId = request.memberId
        response.memberEpoch = request.memberEpoch
        let member =
            if let instance = request.instanceId {
                try staticMember(instance, memberID: request.memberId)
            } else {
                try member(request.memberId)
            }
        if request.memberEpoch == ConsumerGroupMember.Epoch.leaveForNow {
            var current = member.current
            current.epoch = ConsumerGroupMember.Epoch.leaveForNow
            current.pendingRevocation = PartitionSet()
            write(.current(member.id, current))
            deadlines.append(.clear(.rebalance, memberID: member.id))
        } else {
            remove([member.id], context)
        }
        return response
    }
}

extension ConsumerGroupMember {
    /// - Throws: `FENCED_MEMBER_EPOCH`.
    fileprivate func check(epoch: Int32, owned: PartitionSet?) throws(ApiError) {
        // It may come with the epoch before, when the answer with the new one was lost; and who
        // joins again has given everything up.
        let lostAnAnswer =
            epoch == current.previousEpoch && owned?.isSubset(of: current.assigned) == true
        guard epoch != current.epoch, epoch != Epoch.join, !lostAnAnswer || epoch > current.epoch
        else { return }
        throw ApiError(
            .fencedMemberEpoch,
            "The consumer group member has a \(epoch > current.epoch ? "greater" : "smaller") "
                + "member epoch (\(epoch)) than the one known by the group coordinator "
                + "(\(current.epoch)). The member must abandon all its partitions and rejoin.")
    }
}

extension ConsumerGroupMember.Metadata {
    /// What a request does not say stays.
    fileprivate mutating func update(
        from request: ConsumerGroupHeartbeatRequest, _ client: GroupClient
    ) {
        if let instance = request.instanceId { instanceID = instance }
        if let rack = request.rackId { rackID = rack }
        if request.rebalanceTimeoutMs != -1 { rebalanceTimeoutMs = request.rebalanceTimeoutMs }
        if let assignor = request.serverAssignor { serverAssignor = assignor }
        if let names = request.subscribedTopicNames { topicNames = Set(names) }
        if let expression = request.subscribedTopicRegex { pattern = expression }
        clientID = client.id
        clientHost = client.host
        classic = nil
    }
}

extension ConsumerGroupHeartbeatRequest {
    /// With everything that a member has to say: it wants to be told everything too.
    fileprivate var isFull: Bool {
        memberEpoch == ConsumerGroupMember.Epoch.join
            || rebalanceTimeoutMs != -1 && topicPartitions != nil
                && (subscribedTopicNames != nil || subscribedTopicRegex != nil)
    }
}

extension ConsumerGroupHeartbeatResponse.Assignment {
    init(_ partitions: PartitionSet) {
        self.init()
        topicPartitions = partitions.sorted.map { topic, partitions in
            var part = ConsumerGroupHeartbeatResponse.TopicPartitions()
            part.topicId = topic
            part.partitions = partitions
            return part
        }
    }
}
