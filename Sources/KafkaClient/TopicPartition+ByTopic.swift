internal import KafkaBase

extension Sequence<TopicPartition> {
    /// Topics with their partitions, each in order and once, as requests hold them.
    var byTopic: [(topic: String, partitions: [Int32])] {
        Dictionary(grouping: Set(self)) { $0.topic }
            .map { ($0.key, $0.value.map(\.partition).sorted()) }
            .sorted { $0.0 < $1.0 }
    }
}

extension Dictionary where Key == TopicPartition {
    /// Topics with their partitions and what belongs to each, in order, as requests hold them.
    var byTopic: [(topic: String, partitions: [(number: Int32, value: Value)])] {
        Dictionary<String, [Element]>(grouping: self) { $0.key.topic }
            .map { topic, entries in
                (topic, entries.map { ($0.key.partition, $0.value) }.sorted { $0.0 < $1.0 })
            }
            .sorted { $0.0 < $1.0 }
    }
}
