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

    func execute(in context: CommandContext) async throws {
        let session = try await Session.open(global, .load(global), in: context)
        let topics = try await session.client.listTopics().filter { `internal` || !$0.isInternal }
        let output = context.makeOutput(capacityBytes: 16 << 10)
        switch global.style {
        case .json: TopicsListCommand.appendJSON(topics, to: output)
        case .human: TopicsListCommand.table(topics).appendHuman(to: output)
        case .plain: TopicsListCommand.table(topics).appendPlain(to: output)
        }
        try output.flush()
    }

    private static func table(_ topics: [ClusterMetadata.Topic]) -> Table {
        var table = Table([
            .init("TOPIC"), .init("PARTITIONS", .right), .init("REPLICATION", .right),
        ])
        for topic in topics {
            table.add([
                topic.name, "\(topic.partitions.count)",
                "\(topic.partitions.first?.replicas.count ?? 0)",
            ])
        }
        return table
    }

    private static func appendJSON(_ topics: [ClusterMetadata.Topic], to output: OutputBuffer) {
        var json = JSONWriter(output)
        json.beginArray()
        for topic in topics {
            json.beginObject()
            json.field("topic", topic.name)
            json.field("partitions", topic.partitions.count)
            json.field("replicationFactor", topic.partitions.first?.replicas.count ?? 0)
            json.field("internal", topic.isInternal)
            json.endObject()
        }
        json.endArray()
        json.endLine()
    }
}
