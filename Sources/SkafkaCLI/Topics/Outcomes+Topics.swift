internal import KafkaBase
internal import KafkaClient

extension Outcomes {
    /// What became of each topic of an administrative call.
    ///
    /// - Parameters:
    ///   - tolerated: an error that leaves things as they were wanted.
    ///   - verb: `created`
    ///   - unchanged: `exists already`
    init(_ results: [TopicResult], tolerated: ErrorCode?, verb: String, unchanged: String) {
        self.init(
            items: results.map { result in
                let isUnchanged =
                    tolerated != nil && result.error != nil
                    && result.error?.errorCode == tolerated
                let partitions =
                    result.partitionCount > 0
                    ? " with \(Counted.text(Int(result.partitionCount), "partition"))" : ""
                var item = Item(
                    key: [("TOPIC", "topic", .text(result.name))],
                    sentence: isUnchanged
                        ? "topic \(result.name) \(unchanged)"
                        : "\(verb) topic \(result.name)\(partitions)",
                    error: isUnchanged ? nil : result.error,
                    unchanged: isUnchanged ? unchanged : nil)
                if result.partitionCount > 0 {
                    item.details.append(("partitions", .int(result.partitionCount)))
                }
                if result.replicationFactor > 0 {
                    item.details.append(("replicationFactor", .int(result.replicationFactor)))
                }
                return item
            })
    }
}
