internal import KafkaBase
internal import KafkaWire
internal import NIOCore

/// What consumers put into JoinGroup and SyncGroup for each other: a version with a message behind
/// it (Kafka's `ConsumerProtocol`). The broker does not look at it.
enum ConsumerProtocol {
    static let type = "consumer"
    /// Readers of earlier versions ignore what later ones added.
    private static let subscriptionVersion: Int16 = 3
    /// All versions look the same.
    private static let assignmentVersion: Int16 = 0

    /// What a member tells the leader.
    ///
    /// - Parameters:
    ///   - owned: what it has and keeps while the group rebalances.
    ///   - generation: in which it was given that.
    ///   - last: what it was given last.
    static func subscription(
        _ topics: [String], owned: Set<TopicPartition>, generation: Int32, rack: String?,
        assignor: Assignor, last: StickyUserData? = nil
    ) throws(WireError) -> ByteBuffer {
        var message = ConsumerProtocolSubscription()
        message.topics = topics
        // Leaders that know version 1 alone find the generation here.
        if assignor.isCooperative { message.userData = ByteBuffer(integer: generation) }
        if assignor == .sticky { message.userData = try last?.encoded() }
        message.ownedPartitions = Dictionary(grouping: owned.sorted(), by: \.topic)
            .sorted { $0.key < $1.key }
            .map { topic, partitions in
                var entry = ConsumerProtocolSubscription.TopicPartition()
                entry.topic = topic
                entry.partitions = partitions.map(\.partition)
                return entry
            }
        message.generationId = generation
        message.rackId = rack
        return try encode(message, subscriptionVersion)
    }

    /// A member as the leader sees it.
    static func member(
        _ id: String, instanceID: String?, subscription bytes: ByteBuffer, assignor: Assignor
    ) throws(WireError) -> AssignorMember {
        var reader = WireReader(bytes)
        let version: Int16 = try reader.readInteger()
        let message = try ConsumerProtocolSubscription(
            from: &reader, version: known(version, ConsumerProtocolSubscription.validVersions))
        var member = AssignorMember(
            id: id, instanceID: instanceID, topics: Set(message.topics),
            generation: message.generationId)
        if let rack = message.rackId, !rack.isEmpty { member.rack = rack }
        for entry in message.ownedPartitions {
            for partition in entry.partitions {
                member.owned.insert(TopicPartition(topic: entry.topic, partition: partition))
            }
        }
        if assignor == .sticky {
            // One that says nothing, or what cannot be understood, had nothing.
            let last = message.userData.flatMap { try? StickyUserData($0) }
            member.owned = last?.partitions ?? []
            member.generation = last?.generation ?? -1
            return member
        }
        // Java writes the generation alone, librdkafka behind the partitions.
        if version < 2, let data = message.userData, data.readableBytes >= 4 {
            member.generation =
                data.getInteger(at: data.writerIndex - 4, as: Int32.self) ?? -1
        }
        return member
    }

    /// What the leader gives a member.
    static func assignment(_ partitions: [TopicPartition]) throws(WireError) -> ByteBuffer {
        var message = ConsumerProtocolAssignment()
        message.assignedPartitions = partitions.byTopic.map { topic, numbers in
            var entry = ConsumerProtocolAssignment.TopicPartition()
            entry.topic = topic
            entry.partitions = numbers
            return entry
        }
        return try encode(message, assignmentVersion)
    }

    /// What the leader gave; a member that it did not know has nothing.
    static func assigned(_ bytes: ByteBuffer) throws(WireError) -> Set<TopicPartition> {
        guard bytes.readableBytes > 0 else { return [] }
        var reader = WireReader(bytes)
        let version: Int16 = try reader.readInteger()
        let message = try ConsumerProtocolAssignment(
            from: &reader, version: known(version, ConsumerProtocolAssignment.validVersions))
        var result: Set<TopicPartition> = []
        for entry in message.assignedPartitions {
            for partition in entry.partitions {
                result.insert(TopicPartition(topic: entry.topic, partition: partition))
            }
        }
        return result
    }

    /// Later versions only add to the latest that is known.
    private static func known(_ version: Int16, _ versions: ClosedRange<Int16>) -> Int16 {
        max(versions.lowerBound, min(version, versions.upperBound))
    }

    private static func encode(
        _ message: some DataMessage, _ version: Int16
    ) throws(WireError) -> ByteBuffer {
        var writer = WireWriter(ByteBuffer())
        writer.writeInteger(version)
        try message.encode(to: &writer, version: version)
        return writer.buffer
    }
}
