internal import KafkaBase
internal import NIOCore

/// What members of a group with `Assignor.sticky` tell the leader besides: what they were given
/// last (Kafka's `StickyAssignorUserData`, version 1). They hold nothing while the group
/// rebalances, so the subscription itself does not say it.
struct StickyUserData: Equatable, Sendable {
    var partitions: Set<TopicPartition>
    /// In which they were given that.
    var generation: Int32

    init(partitions: Set<TopicPartition>, generation: Int32) {
        self.partitions = partitions
        self.generation = generation
    }

    /// Version 0 ends without the generation.
    init(_ bytes: ByteBuffer) throws(WireError) {
        var reader = WireReader(bytes)
        partitions = []
        let topics = try reader.readArray(compact: false) { reader throws(WireError) in
            (
                name: try reader.readString(compact: false),
                partitions: try reader.readArray(compact: false) {
                    reader throws(WireError) -> Int32 in try reader.readInteger()
                }
            )
        }
        for topic in topics {
            for number in topic.partitions {
                partitions.insert(TopicPartition(topic: topic.name, partition: number))
            }
        }
        generation = (try? reader.readInteger()) ?? -1
    }

    func encoded() throws(WireError) -> ByteBuffer {
        var writer = WireWriter(ByteBuffer())
        let topics = Dictionary(grouping: partitions.sorted(), by: \.topic).sorted {
            $0.key < $1.key
        }
        try writer.writeArray(topics, compact: false) { writer, topic throws(WireError) in
            try writer.writeString(topic.key, compact: false)
            try writer.writeArray(topic.value, compact: false) { writer, partition in
                writer.writeInteger(partition.partition)
            }
        }
        writer.writeInteger(generation)
        return writer.buffer
    }
}
