internal import KafkaBase
internal import KafkaWire
internal import NIOCore

extension GroupDescription {
    init(_ group: DescribeGroupsResponse.DescribedGroup, coordinator: Int32) {
        groupID = group.groupId
        type = .classic
        state = GroupState(rawValue: group.groupState)
        protocolType = group.protocolType
        assignor = group.protocolData
        self.coordinator = coordinator
        members = group.members.map { member in
            var result = Member(
                memberID: member.memberId, instanceID: member.groupInstanceId,
                clientID: member.clientId, host: member.clientHost)
            if group.protocolType == "consumer" {
                result.assignment = GroupDescription.classicAssignment(member.memberAssignment)
            }
            return result
        }.sorted { $0.memberID < $1.memberID }
    }

    init(_ group: ConsumerGroupDescribeResponse.DescribedGroup, coordinator: Int32) {
        groupID = group.groupId
        type = .consumer
        state = GroupState(rawValue: group.groupState)
        protocolType = "consumer"
        assignor = group.assignorName
        self.coordinator = coordinator
        groupEpoch = group.groupEpoch
        assignmentEpoch = group.assignmentEpoch
        members = group.members.map { member in
            var result = Member(
                memberID: member.memberId, instanceID: member.instanceId,
                clientID: member.clientId, host: member.clientHost)
            result.rackID = member.rackId
            result.memberEpoch = member.memberEpoch
            result.assignment = member.assignment.partitions
            result.targetAssignment = member.targetAssignment.partitions
            result.subscribedTopics = member.subscribedTopicNames
            result.subscribedRegex = member.subscribedTopicRegex
            return result
        }.sorted { $0.memberID < $1.memberID }
    }

    /// What an assignor of the classic protocol gave a member: opaque to brokers, so whatever
    /// cannot be read counts as nothing.
    static func classicAssignment(_ bytes: ByteBuffer) -> [TopicPartition] {
        var reader = WireReader(bytes)
        guard let version: Int16 = try? reader.readInteger(), version >= 0,
            let assignment = try? ConsumerProtocolAssignment(
                from: &reader,
                version: min(version, ConsumerProtocolAssignment.validVersions.upperBound))
        else { return [] }
        return assignment.assignedPartitions.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.topic, partition: $0) }
        }.sorted()
    }
}

extension ConsumerGroupDescribeResponse.Assignment {
    fileprivate var partitions: [TopicPartition] {
        topicPartitions.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.topicName, partition: $0) }
        }.sorted()
    }
}
