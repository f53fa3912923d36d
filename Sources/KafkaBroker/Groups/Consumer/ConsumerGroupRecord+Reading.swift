import KafkaBase
import KafkaWire

extension ConsumerGroupRecord {
    /// - Returns: nil for a record of another kind.
    /// - Throws: where the record cannot be read.
    static func decoded(
        _ record: CoordinatorRecord
    ) throws(WireError) -> (groupID: String, record: ConsumerGroupRecord)? {
        switch record.keyType {
        case 3:
            let key = try record.readKey(as: ConsumerGroupMetadataKey.self)
            let value = try record.readValue(as: ConsumerGroupMetadataValue.self)
            return (key.groupId, .epoch(value?.epoch))
        case 4:
            let key = try record.readKey(as: ConsumerGroupPartitionMetadataKey.self)
            let value = try record.readValue(as: ConsumerGroupPartitionMetadataValue.self)
            return (key.groupId, .topics(value.map { .init($0) }))
        case 5:
            let key = try record.readKey(as: ConsumerGroupMemberMetadataKey.self)
            let value = try record.readValue(as: ConsumerGroupMemberMetadataValue.self)
            return (key.groupId, .member(key.memberId, value.map { .init($0) }))
        case 6:
            let key = try record.readKey(as: ConsumerGroupTargetAssignmentMetadataKey.self)
            let value = try record.readValue(as: ConsumerGroupTargetAssignmentMetadataValue.self)
            return (key.groupId, .targetEpoch(value?.assignmentEpoch))
        case 7:
            let key = try record.readKey(as: ConsumerGroupTargetAssignmentMemberKey.self)
            let value = try record.readValue(as: ConsumerGroupTargetAssignmentMemberValue.self)
            let partitions = value.map { value in
                PartitionSet(value.topicPartitions.lazy.map { ($0.topicId, $0.partitions) })
            }
            return (key.groupId, .target(key.memberId, partitions))
        case 8:
            let key = try record.readKey(as: ConsumerGroupCurrentMemberAssignmentKey.self)
            let value = try record.readValue(as: ConsumerGroupCurrentMemberAssignmentValue.self)
            return (key.groupId, .current(key.memberId, value.map { .init($0) }))
        case 16:
            let key = try record.readKey(as: ConsumerGroupRegularExpressionKey.self)
            let value = try record.readValue(as: ConsumerGroupRegularExpressionValue.self)
            return (key.groupId, .pattern(key.regularExpression, value.map { .init($0) }))
        default: return nil
        }
    }
}

extension [String: ConsumerGroup.Topic] {
    fileprivate init(_ value: ConsumerGroupPartitionMetadataValue) {
        self.init(
            value.topics.map {
                ($0.topicName, .init(id: $0.topicId, partitions: $0.numPartitions))
            }, uniquingKeysWith: { _, last in last })
    }
}

extension ConsumerGroupMember.Metadata {
    fileprivate init(_ value: ConsumerGroupMemberMetadataValue) {
        self.init(
            instanceID: value.instanceId, rackID: value.rackId, clientID: value.clientId,
            clientHost: value.clientHost, topicNames: Set(value.subscribedTopicNames),
            pattern: value.subscribedTopicRegex ?? "", rebalanceTimeoutMs: value.rebalanceTimeoutMs,
            serverAssignor: value.serverAssignor,
            classic: value.classicMemberMetadata.map { classic in
                .init(
                    sessionTimeoutMs: classic.sessionTimeoutMs,
                    protocols: classic.supportedProtocols.map {
                        .init(name: $0.name, metadata: $0.metadata)
                    })
            })
    }
}

extension ConsumerGroupMember.Current {
    fileprivate init(_ value: ConsumerGroupCurrentMemberAssignmentValue) {
        self.init(
            epoch: value.memberEpoch, previousEpoch: value.previousMemberEpoch,
            state: ConsumerGroupMember.State(rawValue: value.state) ?? .unknown,
            assigned: PartitionSet(
                value.assignedPartitions.lazy.map { ($0.topicId, $0.partitions) }),
            pendingRevocation: PartitionSet(
                value.partitionsPendingRevocation.lazy.map { ($0.topicId, $0.partitions) }))
    }
}

extension ConsumerGroup.ResolvedPattern {
    fileprivate init(_ value: ConsumerGroupRegularExpressionValue) {
        self.init(
            topics: Set(value.topics), version: value.version, timestampMs: value.timestamp)
    }
}
