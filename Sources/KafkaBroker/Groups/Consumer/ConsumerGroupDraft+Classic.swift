import KafkaBase
import KafkaWire
import NIOCore

/// Members that speak the classic protocol in a consumer group, while a group moves from one
/// protocol to the other (KIP-848).
extension ConsumerGroupDraft {
    // MARK: Joining

    /// JoinGroup (Kafka's `classicGroupJoinToConsumerGroup`).
    ///
    /// - Parameter refreshes: whether the topics may have changed since the group's last refresh.
    mutating func join(
        _ attempt: JoinAttempt, refreshes: Bool, _ context: ConsumerGroupContext
    ) throws(ApiError) -> JoinGroupResponse {
        let request = attempt.request
        let id = request.memberId.isEmpty ? Uuid.random().description : request.memberId
        try checkCapacity(for: id, context)
        guard group.supports(request.protocolType, attempt.protocolNames) else {
            throw ApiError(
                .inconsistentGroupProtocol, "Member \(id)'s protocols are not supported.")
        }
        if attempt.needsKnownID, request.memberId.isEmpty, request.groupInstanceId == nil {
            return .refusal(.memberIdRequired, memberID: id)
        }
        let subscription = try attempt.subscription()
        let before = try joined(request, as: id)
        var member = before
        member.metadata.update(from: attempt, subscription)
        write(member)
        updateSubscriptions(
            isForced: member.metadata.topicNames != before.metadata.topicNames
                || member.metadata.pattern != before.metadata.pattern,
            refreshes: refreshes, context)
        updateTarget(context)
        let current = try reconcile(id, owned: subscription.owned(context.topics))
        deadlines += [
            .clear(.join, memberID: id),
            .clear(.rebalance, memberID: id),
            .set(.session, memberID: id, afterMs: attempt.terms.sessionTimeoutMs),
            .set(.sync, memberID: id, afterMs: attempt.terms.rebalanceTimeoutMs),
        ]
        var response = JoinGroupResponse()
        response.memberId = id
        response.generationId = current.epoch
        response.protocolType = ClassicGroup.consumerProtocolType
        response.protocolName = member.classicProtocol?.name
        return response
    }

    /// The member as it was before it joins.
    private mutating func joined(
        _ request: JoinGroupRequest, as id: String
    ) throws(ApiError) -> ConsumerGroupMember {
        guard let instance = request.groupInstanceId else {
            return group.members[id] ?? ConsumerGroupMember(id: id)
        }
        guard request.memberId.isEmpty else { return try staticMember(instance, memberID: id) }
        return group.staticMember(instance).map { takeOver($0, as: id) }
            ?? ConsumerGroupMember(id: id)
    }

    // MARK: Upgrades

    /// Takes over the members of a group of the classic protocol, with what its last generation
    /// gave them (Kafka's `ConsumerGroup.fromClassicGroup`).
    mutating func takeOver(
        _ classic: ClassicGroup, _ context: ConsumerGroupContext
    ) throws(ApiError) {
        var members: [ConsumerGroupMember] = []
        do throws(WireError) {
            for member in classic.orderedMembers {
                members.append(
                    try ConsumerGroupMember(member, generation: classic.generation, context.topics))
            }
        } catch {
            throw ApiError(
                .groupIdNotFound,
                "Cannot upgrade the classic group \(classic.id) to consumer group because the "
                    + "embedded consumer protocol is malformed.")
        }
        for member in members { write(.member(member.id, member.metadata)) }
        write(.epoch(classic.generation))
        for member in members { write(.target(member.id, member.current.assigned)) }
        write(.targetEpoch(classic.generation))
        for member in members {
            write(.current(member.id, member.current))
            deadlines.append(
                .set(
                    .session, memberID: member.id,
                    afterMs: member.metadata.classic?.sessionTimeoutMs ?? 0))
        }
    }
}

extension ConsumerGroup {
    /// Whether whoever knows these classic protocols can be a member beside those that there are.
    fileprivate func supports(_ protocolType: String, _ names: [String]) -> Bool {
        guard protocolType == ClassicGroup.consumerProtocolType else { return false }
        let others = members.values.compactMap(\.metadata.classic)
        return names.contains { name in
            others.allSatisfy { $0.protocols.contains { $0.name == name } }
        }
    }
}

extension ConsumerGroupMember {
    /// The classic protocol that the member is told the group goes by; the broker assigns, so that
    /// any will do.
    var classicProtocol: ClassicMember.OfferedProtocol? { metadata.classic?.protocols.first }

    fileprivate init(
        _ member: KafkaBroker.ClassicMember, generation: Int32, _ topics: any TopicCatalog
    ) throws(WireError) {
        self.init(id: member.id)
        let subscription = try ConsumerProtocol.subscription(
            member.terms.protocols.first?.metadata ?? .init())
        metadata.instanceID = member.instanceID
        metadata.rackID = subscription.rackId
        metadata.clientID = member.client.id
        metadata.clientHost = member.client.host
        metadata.topicNames = Set(subscription.topics)
        metadata.rebalanceTimeoutMs = member.terms.rebalanceTimeoutMs
        metadata.classic = ClassicMember(member.terms)
        current.epoch = generation
        current.previousEpoch = generation
        current.assigned = try ConsumerProtocol.assignment(member.assignment, topics)
    }
}

extension ConsumerGroupMember.ClassicMember {
    fileprivate init(_ terms: KafkaBroker.ClassicMember.Terms) {
        self.init(
            sessionTimeoutMs: terms.sessionTimeoutMs,
            protocols: terms.protocols.map { .init(name: $0.name, metadata: $0.metadata) })
    }
}

extension ConsumerGroupMember.Metadata {
    fileprivate mutating func update(
        from attempt: JoinAttempt, _ subscription: ConsumerProtocolSubscription
    ) {
        if let instance = attempt.request.groupInstanceId { instanceID = instance }
        if let rack = subscription.rackId { rackID = rack }
        rebalanceTimeoutMs = attempt.terms.rebalanceTimeoutMs
        topicNames = Set(subscription.topics)
        // Who speaks the classic protocol looks expressions up by itself.
        pattern = ""
        clientID = attempt.client.id
        clientHost = attempt.client.host
        classic = ConsumerGroupMember.ClassicMember(attempt.terms)
    }
}

extension JoinAttempt {
    /// All protocols of a consumer carry the same subscription.
    fileprivate func subscription() throws(ApiError) -> ConsumerProtocolSubscription {
        do throws(WireError) {
            return try ConsumerProtocol.subscription(request.protocols.first?.metadata ?? .init())
        } catch {
            throw ApiError(
                .inconsistentGroupProtocol, "the subscription cannot be read: \(error)")
        }
    }
}
