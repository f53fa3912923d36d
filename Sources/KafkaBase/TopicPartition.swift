/// A partition of a topic, by names.
public struct TopicPartition: Hashable, Sendable {
    public var topic: String
    public var partition: Int32

    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }
}

extension TopicPartition: CustomStringConvertible {
    /// `topic-partition`, which is also the name of its directory.
    public var description: String { "\(topic)-\(partition)" }
}

extension TopicPartition: Comparable {
    /// By topic, then by partition number.
    public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}
