internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

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

    /// The partitions of choices, in order and each once, and why others are not there.
    ///
    /// - Throws: `KafkaError` when no broker answers.
    static func resolve(
        _ choices: [TopicChoice], _ client: KafkaClient
    ) async throws -> (partitions: [TopicPartition], failures: [CommandFailure]) {
        let found = try await PartitionChoice.known(choices.map(\.topic), client)
        var failures = found.failures
        var partitions: Set<TopicPartition> = []
        for choice in choices {
            do throws(CommandFailure) {
                let topic = found.topics.filter { $0.name == choice.topic }.prefix(1)
                partitions.formUnion(try PartitionChoice.resolve(Array(topic), choice.partitions))
            } catch {
                failures.append(error)
            }
        }
        return (partitions.sorted(), failures)
    }
}

/// `--topic T[:0,1]` of a command whose arguments are groups.
struct TopicChoiceArguments: ParsableArguments {
    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A topic, or some of its partitions; repeatable.", valueName: "topic[:0,1]"),
        completion: .topics)
    var options: [String] = []

    /// - Throws: `CommandFailure` of status `usage`.
    func choices() throws(CommandFailure) -> [TopicChoice] {
        try options.map { text throws(CommandFailure) in try TopicChoice(text) }
    }
}
