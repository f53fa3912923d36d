import KafkaBase
import KafkaWire
import NIOCore

/// What members that speak the classic protocol are told, and why they are refused (Kafka's
/// `classicGroupSyncToConsumerGroup` and `classicGroupHeartbeatToConsumerGroup`).
extension ConsumerGroup {
    /// Whom a LeaveGroup names; an administrator names a static member by its instance alone.
    ///
    /// - Throws: `UNKNOWN_MEMBER_ID`, `FENCED_INSTANCE_ID`.
    func member(
        _ memberID: String, instanceID: String?
    ) throws(ApiError) -> ConsumerGroupMember {
        let found = instanceID == nil ? members[memberID] : staticMember(instanceID)
        guard let found else { throw ApiError(.unknownMemberId) }
        guard found.id == memberID || memberID.isEmpty else { throw ApiError(.fencedInstanceId) }
        return found
    }

    /// - Throws: also `ILLEGAL_GENERATION`.
    func classicMember(
        _ memberID: String, instanceID: String?, generation: Int32
    ) throws(ApiError) -> ConsumerGroupMember {
        let member = try member(memberID, instanceID: instanceID)
        guard member.id == memberID else { throw ApiError(.fencedInstanceId) }
        guard member.isClassic else {
            throw ApiError(
                .unknownMemberId, "Member \(member.id) does not use the classic protocol.")
        }
        guard member.current.epoch == generation else { throw ApiError(.illegalGeneration) }
        return member
    }

    /// Whether a member has to join again before it is given its assignment. One that still has
    /// partitions to give up has joined already.
    func mustRejoin(beforeSync member: ConsumerGroupMember) -> Bool {
        epoch > member.current.epoch && member.current.state != .unrevokedPartitions
    }

    /// Whether a member has to join again: for a new epoch, to give partitions up, or because
    /// those that it waits for are free.
    func mustRejoin(_ member: ConsumerGroupMember) -> Bool {
        if epoch > member.current.epoch { return true }
        switch member.current.state {
        case .unrevokedPartitions: return true
        case .unreleasedPartitions:
            let missing = (target[member.id] ?? PartitionSet()).subtracting(member.current.assigned)
            return missing.filter(isFree) == missing
        case .stable, .unknown: return false
        }
    }

    /// - Throws: `INCONSISTENT_GROUP_PROTOCOL`.
    func checkProtocol(
        _ request: SyncGroupRequest, of member: ConsumerGroupMember
    ) throws(ApiError) {
        let type = request.protocolType ?? ClassicGroup.consumerProtocolType
        guard type == ClassicGroup.consumerProtocolType,
            request.protocolName == nil || request.protocolName == member.classicProtocol?.name
        else { throw ApiError(.inconsistentGroupProtocol) }
    }
}

extension ClassicGroup {
    /// A consumer group whose members all speak the classic protocol, as one of that protocol, with
    /// what they were to have (Kafka's `ClassicGroup.fromConsumerGroup`).
    convenience init(
        _ group: ConsumerGroup, without gone: Set<String>, _ topics: any TopicCatalog,
        nowMs: Int64, limits: GroupLimits
    ) throws(ApiError) {
        let members = group.members.values.filter { !gone.contains($0.id) }.sorted {
            $0.id < $1.id
        }
        var value = GroupMetadataValue()
        value.protocolType = ClassicGroup.consumerProtocolType
        value.generation = group.epoch
        value.currentStateTimestamp = nowMs
        value.leader = members.first?.id
        value.members = members.map(GroupMetadataValue.MemberMetadata.init)
        // The members' votes are counted in a group.
        let voters = ClassicGroup(id: group.id, value, limits: limits)
        voters.takeTerms(of: members)
        value.protocol = voters.selectProtocol()
        do throws(WireError) {
            for (index, member) in members.enumerated() {
                let offered = member.metadata.classic?.protocols.first {
                    $0.name == value.protocol
                }
                value.members[index].subscription = offered?.metadata ?? .init()
                value.members[index].assignment = try ConsumerProtocol.encode(
                    group.target[member.id] ?? PartitionSet(), for: offered?.metadata, topics)
            }
        } catch {
            throw ApiError(
                .groupIdNotFound, "Cannot downgrade the consumer group \(group.id): \(error).")
        }
        self.init(id: group.id, value, limits: limits)
        takeTerms(of: members)
    }

    private func takeTerms(of members: [ConsumerGroupMember]) {
        for member in members {
            guard let classic = member.metadata.classic, let own = self.members[member.id] else {
                continue
            }
            let terms = ClassicMember.Terms(
                rebalanceTimeoutMs: member.metadata.rebalanceTimeoutMs,
                sessionTimeoutMs: classic.sessionTimeoutMs,
                protocols: classic.protocols.map { .init(name: $0.name, metadata: $0.metadata) })
            update(own, terms, joinReply: nil)
        }
    }
}

extension GroupMetadataValue.MemberMetadata {
    fileprivate init(_ member: ConsumerGroupMember) {
        self.init()
        memberId = member.id
        groupInstanceId = member.metadata.instanceID
        clientId = member.metadata.clientID
        clientHost = member.metadata.clientHost
        rebalanceTimeout = member.metadata.rebalanceTimeoutMs
        sessionTimeout = member.metadata.classic?.sessionTimeoutMs ?? 0
    }
}
