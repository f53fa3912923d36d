internal import KafkaBase

/// A topic, or some partitions of it: `orders`, `orders:0,2-4`.
struct TopicChoice: Equatable, Sendable {
    var topic: String
    /// Nil for all.
    var partitions: PartitionList?

    /// - Throws: `CommandFailure` of status `usage`.
    init(_ text: String) throws(CommandFailure) {
        // Names of topics have no colon.
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else {
            throw .usage("'\(text)' is no topic; write TOPIC or TOPIC:0,2-4")
        }
        topic = String(name)
        if parts.count == 2 { partitions = try PartitionList.parse(String(parts[1])) }
    }

    func holds(_ partition: TopicPartition) -> Bool {
        partition.topic == topic
            && (partitions.map { $0.partitions.contains(partition.partition) } ?? true)
    }
}
