internal import ArgumentParser
internal import KafkaClient

/// `skafka topics list`
struct TopicsListCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", _superCommandName: "skafka topics",
        abstract: "What topics there are.",
        usage: "skafka topics list [--internal] [options]",
        discussion: Help.examples(
            """
            skafka topics list
            skafka topics list --plain | cut -f1          the names alone
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Flag(help: "Topics that Kafka keeps for itself too.")
    var `internal` = false

    /// kafka-topics takes an expression.
    @Option(
        name: .customLong("topic"), parsing: .unconditionalSingleValue, help: .hidden,
        completion: .topics)
    var expressions: [String] = []

    func execute(in context: CommandContext) async throws {
        let patterns = try PartitionChoice.patterns(expressions)
        let session = try await Session.open(global, .load(global), in: context)
        let topics = try await session.client.listTopics().filter { topic in
            (`internal` || !topic.isInternal)
                && (patterns.isEmpty || patterns.contains { $0.matches(topic.name) })
        }
        try context.show(topics, TopicsListCommand.layout, global.style)
    }

    private static var layout: RowLayout<ClusterMetadata.Topic> {
        RowLayout(columns: [
            .text("TOPIC", "topic") { .text($0.name) },
            .number("PARTITIONS", "partitions") { .int($0.partitions.count) },
            .number("REPLICATION", "replicationFactor") {
                .int($0.partitions.first?.replicas.count ?? 0)
            },
            .text(nil, "internal") { .bool($0.isInternal) },
        ])
    }
}
