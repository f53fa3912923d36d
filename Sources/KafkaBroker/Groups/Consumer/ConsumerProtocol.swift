import KafkaBase
import KafkaWire
import NIOCore

/// What consumers of the classic protocol put into JoinGroup and find in SyncGroup: a version with
/// a message behind it (Kafka's `ConsumerProtocol`). Pure.
enum ConsumerProtocol {
    /// Later versions only add to the latest that is known.
    private static func known(_ version: Int16, _ versions: ClosedRange<Int16>) -> Int16 {
        min(version, versions.upperBound)
    }

    /// - Throws: where the bytes are no subscription.
    static func subscription(
        _ bytes: ByteBuffer
    ) throws(WireError) -> ConsumerProtocolSubscription {
        var reader = WireReader(bytes)
        let version: Int16 = try reader.readInteger()
        return try ConsumerProtocolSubscription(
            from: &reader, version: known(version, ConsumerProtocolSubscription.validVersions))
    }

    /// - Parameter bytes: none for a member that was not given anything yet.
    /// - Returns: without topics that are gone.
    /// - Throws: where the bytes are no assignment.
    static func assignment(
        _ bytes: ByteBuffer, _ topics: any TopicCatalog
    ) throws(WireError) -> PartitionSet {
        guard bytes.readableBytes > 0 else { return PartitionSet() }
        var reader = WireReader(bytes)
        let version: Int16 = try reader.readInteger()
        let assignment = try ConsumerProtocolAssignment(
            from: &reader, version: known(version, ConsumerProtocolAssignment.validVersions))
        return PartitionSet(
            assignment.assignedPartitions.compactMap { part in
                topics.topic(part.topic).map { ($0.id, part.partitions) }
            })
    }

    /// - Parameter subscription: whose version the member can read.
    /// - Throws: where the subscription has none, or a name does not fit.
    static func encode(
        _ partitions: PartitionSet, for subscription: ByteBuffer?, _ topics: any TopicCatalog
    ) throws(WireError) -> ByteBuffer {
        var reader = WireReader(subscription ?? ByteBuffer())
        let version = known(
            try reader.readInteger(), ConsumerProtocolAssignment.validVersions)
        var assignment = ConsumerProtocolAssignment()
        assignment.assignedPartitions = partitions.sorted.compactMap { topic, partitions in
            guard let name = topics.name(of: topic) else { return nil }
            var part = ConsumerProtocolAssignment.TopicPartition()
            part.topic = name
            part.partitions = partitions
            return part
        }
        var writer = WireWriter(ByteBuffer())
        writer.writeInteger(version)
        try assignment.encode(to: &writer, version: version)
        return writer.buffer
    }
}

extension ConsumerProtocolSubscription {
    /// What the member says that it has, without topics that are gone.
    func owned(_ topics: any TopicCatalog) -> PartitionSet {
        PartitionSet(
            ownedPartitions.compactMap { part in
                topics.topic(part.topic).map { ($0.id, part.partitions) }
            })
    }
}
