import KafkaWire

/// ConsumerGroupDescribe.
extension ConsumerGroup {
    typealias Description = ConsumerGroupDescribeResponse.DescribedGroup

    func description(_ context: ConsumerGroupContext) -> Description {
        var description = Description()
        description.groupId = id
        description.groupState = state.rawValue
        description.groupEpoch = epoch
        description.assignmentEpoch = targetEpoch
        description.assignorName = assignor(context.settings).rawValue
        description.members = members.values.sorted { $0.id < $1.id }.map { member in
            self.description(of: member, context.topics)
        }
        return description
    }

    private func description(
        of member: ConsumerGroupMember, _ topics: any TopicCatalog
    ) -> ConsumerGroupDescribeResponse.Member {
        var description = ConsumerGroupDescribeResponse.Member()
        description.memberId = member.id
        description.instanceId = member.metadata.instanceID
        description.rackId = member.metadata.rackID
        description.memberEpoch = member.current.epoch
        description.clientId = member.metadata.clientID
        description.clientHost = member.metadata.clientHost
        description.subscribedTopicNames = member.metadata.topicNames.sorted()
        description.subscribedTopicRegex = member.metadata.pattern
        description.assignment = .init(member.current.assigned, topics)
        description.targetAssignment = .init(target[member.id] ?? PartitionSet(), topics)
        description.memberType = member.isClassic ? 0 : 1
        return description
    }
}

extension ConsumerGroupDescribeResponse.Assignment {
    /// Without topics that are gone.
    fileprivate init(_ partitions: PartitionSet, _ topics: any TopicCatalog) {
        self.init()
        topicPartitions = partitions.sorted.compactMap { topic, partitions in
            guard let name = topics.name(of: topic) else { return nil }
            var part = ConsumerGroupDescribeResponse.TopicPartitions()
            part.topicId = topic
            part.topicName = name
            part.partitions = partitions
            return part
        }
    }
}
