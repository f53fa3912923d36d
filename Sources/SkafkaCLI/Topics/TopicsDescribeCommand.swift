internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka topics describe`
struct TopicsDescribeCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", _superCommandName: "skafka topics",
        abstract: "Partitions, leaders, offsets, sizes and settings of topics.",
        usage: "skafka topics describe [TOPIC…] [options]",
        discussion: Help.examples(
            """
            skafka topics describe orders
            skafka topics describe                     all of them
            skafka topics describe --under-replicated  partitions that miss replicas
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Flag(help: "Only partitions with replicas that are not in sync.")
    var underReplicated = false

    @Flag(help: "Only partitions without a leader.")
    var unavailable = false

    // As kafka-topics has them.

    @Flag(help: ArgumentHelp("As --under-replicated.", visibility: .hidden))
    var underReplicatedPartitions = false

    @Flag(help: ArgumentHelp("As --unavailable.", visibility: .hidden))
    var unavailablePartitions = false

    func execute(in context: CommandContext) async throws {
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await find(session.client)
        let underReplicated = underReplicated || underReplicatedPartitions
        let unavailable = unavailable || unavailablePartitions
        let descriptions = try await TopicDescription.load(found.topics, session.client) {
            partition in
            (!underReplicated || partition.inSyncReplicas.count < partition.replicas.count)
                && (!unavailable || partition.leader == nil)
        }.filter { !(underReplicated || unavailable) || !$0.partitions.isEmpty }
        let output = context.makeOutput()
        switch global.style {
        case .json: TopicDescription.appendJSON(descriptions, to: output)
        case .plain: TopicDescription.table(descriptions).appendPlain(to: output)
        case .human:
            for (index, description) in descriptions.enumerated() {
                if index > 0 { output.append(UInt8(ascii: "\n")) }
                description.appendHuman(to: output, width: context.outputWidth)
            }
        }
        try output.flush()
        try context.complain(of: found.failures)
    }

    private func find(
        _ client: KafkaClient
    ) async throws -> (topics: [ClusterMetadata.Topic], failures: [CommandFailure]) {
        guard topics.names.isEmpty else {
            return try await PartitionChoice.known(topics.names, client)
        }
        return (try await client.listTopics().filter { !$0.isInternal }, [])
    }
}
