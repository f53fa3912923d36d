internal import KafkaBase
internal import KafkaClient

/// `--topic-partitions` of Kafka's GetOffsetShell: a list of `TOPIC:PARTITIONS`, where the topic is
/// an expression and the partitions are `3`, `2-5` (2 to 4), `2-` or `-5`; either may be missing.
struct TopicPartitionPatterns: Sendable {
    private struct Entry {
        var topic: TopicPattern
        var partitions: Range<Int32>
    }

    private let entries: [Entry]

    /// - Throws: `CommandFailure` of status `usage`.
    init(_ text: String) throws(CommandFailure) {
        var entries: [Entry] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pieces[0].isEmpty ? ".*" : String(pieces[0])
            guard let topic = try PartitionChoice.patterns([name]).first,
                let partitions = TopicPartitionPatterns.range(pieces.count == 2 ? pieces[1] : "")
            else {
                throw .usage("'\(part)' is no TOPIC:PARTITIONS; write orders:0-2,logs-.*:3")
            }
            entries.append(Entry(topic: topic, partitions: partitions))
        }
        self.entries = entries
    }

    func hold(_ partition: TopicPartition) -> Bool {
        entries.contains {
            $0.partitions.contains(partition.partition) && $0.topic.matches(partition.topic)
        }
    }

    private static func range(_ text: Substring) -> Range<Int32>? {
        if text.isEmpty { return 0..<Int32.max }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else {
            guard let number = Int32(text), number >= 0, number < Int32.max else { return nil }
            return number..<(number + 1)
        }
        guard let first = ends[0].isEmpty ? 0 : Int32(ends[0]),
            let last = ends[1].isEmpty ? Int32.max : Int32(ends[1]), first <= last
        else { return nil }
        return first..<last
    }
}
