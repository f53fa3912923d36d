import KafkaBase
import KafkaWire

/// A record of a consumer group, without the group's id. Nil in place of a value is a tombstone.
enum ConsumerGroupRecord: Sendable, Equatable {
    case epoch(Int32?)
    case topics([String: ConsumerGroup.Topic]?)
    case member(String, ConsumerGroupMember.Metadata?)
    case targetEpoch(Int32?)
    case target(String, PartitionSet?)
    case current(String, ConsumerGroupMember.Current?)
    case pattern(String, ConsumerGroup.ResolvedPattern?)
}

// MARK: Written

extension ConsumerGroupRecord {
    /// The record as it stands in `__consumer_offsets` (Kafka's `GroupCoordinatorRecordHelpers`).
    ///
    /// - Throws: where an id is longer than a record's key can hold.
    func encoded(of groupID: String) throws(WireError) -> CoordinatorRecord {
        switch self {
        case .epoch(let epoch):
            var key = ConsumerGroupMetadataKey()
            key.groupId = groupID
            return try CoordinatorRecord(
                key, type: 3, value: epoch.map { ConsumerGroupMetadataValue(epoch: $0) }, version: 0
            )
        case .topics(let topics):
            var key = ConsumerGroupPartitionMetadataKey()
            key.groupId = groupID
            return try CoordinatorRecord(
                key, type: 4, value: topics.map { ConsumerGroupPartitionMetadataValue($0) },
                version: 0)
        case .member(let memberID, let metadata):
            var key = ConsumerGroupMemberMetadataKey()
            key.groupId = groupID
            key.memberId = memberID
            return try CoordinatorRecord(
                key, type: 5, value: metadata.map { ConsumerGroupMemberMetadataValue($0) },
                version: 0)
        case .targetEpoch(let epoch):
            var key = ConsumerGroupTargetAssignmentMetadataKey()
            key.groupId = groupID
            return try CoordinatorRecord(
                key, type: 6,
                value: epoch.map { ConsumerGroupTargetAssignmentMetadataValue(epoch: $0) },
                version: 0)
        case .target(let memberID, let partitions):
            var key = ConsumerGroupTargetAssignmentMemberKey()
            key.groupId = groupID
            key.memberId = memberID
            return try CoordinatorRecord(
                key, type: 7,
                value: partitions.map { ConsumerGroupTargetAssignmentMemberValue($0) }, version: 0)
        case .current(let memberID, let current):
            var key = ConsumerGroupCurrentMemberAssignmentKey()
            key.groupId = groupID
            key.memberId = memberID
            return try CoordinatorRecord(
                key, type: 8,
                value: current.map { ConsumerGroupCurrentMemberAssignmentValue($0) }, version: 0)
        case .pattern(let expression, let resolved):
            var key = ConsumerGroupRegularExpressionKey()
            key.groupId = groupID
            key.regularExpression = expression
            return try CoordinatorRecord(
                key, type: 16,
                value: resolved.map { ConsumerGroupRegularExpressionValue($0) }, version: 0)
        }
    }
}

extension ConsumerGroupMetadataValue {
    fileprivate init(epoch: Int32) {
        self.init()
        self.epoch = epoch
    }
}

extension ConsumerGroupTargetAssignmentMetadataValue {
    fileprivate init(epoch: Int32) {
        self.init()
        assignmentEpoch = epoch
    }
}

extension ConsumerGroupPartitionMetadataValue {
    fileprivate init(_ topics: [String: ConsumerGroup.Topic]) {
        self.init()
        self.topics = topics.sorted { $0.key < $1.key }.map { name, topic in
            var metadata = TopicMetadata()
            metadata.topicId = topic.id
            metadata.topicName = name
            metadata.numPartitions = topic.partitions
            return metadata
        }
    }
}

extension ConsumerGroupMemberMetadataValue {
    fileprivate init(_ metadata: ConsumerGroupMember.Metadata) {
        self.init()
        instanceId = metadata.instanceID
        rackId = metadata.rackID
        clientId = metadata.clientID
        clientHost = metadata.clientHost
        subscribedTopicNames = metadata.topicNames.sorted()
        subscribedTopicRegex = metadata.pattern
        rebalanceTimeoutMs = metadata.rebalanceTimeoutMs
        serverAssignor = metadata.serverAssignor
        classicMemberMetadata = metadata.classic.map { member in
            var classic = ClassicMemberMetadata()
            classic.sessionTimeoutMs = member.sessionTimeoutMs
            classic.supportedProtocols = member.protocols.map { offered in
                var written = ClassicProtocol()
                written.name = offered.name
                written.metadata = offered.metadata
                return written
            }
            return classic
        }
    }
}

extension ConsumerGroupTargetAssignmentMemberValue {
    fileprivate init(_ partitions: PartitionSet) {
        self.init()
        topicPartitions = partitions.sorted.map { topic, partitions in
            var part = TopicPartition()
            part.topicId = topic
            part.partitions = partitions
            return part
        }
    }
}

extension ConsumerGroupCurrentMemberAssignmentValue {
    fileprivate init(_ current: ConsumerGroupMember.Current) {
        self.init()
        memberEpoch = current.epoch
        previousMemberEpoch = current.previousEpoch
        state = current.state.rawValue
        assignedPartitions = Self.topics(of: current.assigned)
        partitionsPendingRevocation = Self.topics(of: current.pendingRevocation)
    }

    private static func topics(of partitions: PartitionSet) -> [TopicPartitions] {
        partitions.sorted.map { topic, partitions in
            var part = TopicPartitions()
            part.topicId = topic
            part.partitions = partitions
            return part
        }
    }
}

extension ConsumerGroupRegularExpressionValue {
    fileprivate init(_ resolved: ConsumerGroup.ResolvedPattern) {
        self.init()
        topics = resolved.topics.sorted()
        version = resolved.version
        timestamp = resolved.timestampMs
    }
}
