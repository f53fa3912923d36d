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

    @Flag(help: "Topics that Kafka keeps for itself too.")
    var `internal` = false

    @Flag(name: .shortAndLong, help: "Topics are regular expressions for whole names.")
    var regex = false

    // As kafka-topics has them.

    @Flag(help: ArgumentHelp("As --under-replicated.", visibility: .hidden))
    var underReplicatedPartitions = false

    @Flag(help: ArgumentHelp("As --unavailable.", visibility: .hidden))
    var unavailablePartitions = false

    @Flag(help: .hidden)
    var underMinIsrPartitions = false

    @Flag(help: .hidden)
    var atMinIsrPartitions = false

    @Flag(help: .hidden)
    var topicsWithOverrides = false

    @Flag(help: .hidden)
    var ifExists = false

    func execute(in context: CommandContext) async throws {
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await find(session.client)
        let underReplicated = underReplicated || underReplicatedPartitions
        let unavailable = unavailable || unavailablePartitions
        var descriptions = try await TopicDescription.load(found.topics, session.client) {
            partition in
            (!underReplicated || partition.inSyncReplicas.count < partition.replicas.count)
                && (!unavailable || partition.leader == nil)
        }
        if underMinIsrPartitions || atMinIsrPartitions {
            for index in descriptions.indices {
                descriptions[index].keepPartitions(
                    belowMinimum: underMinIsrPartitions, atMinimum: atMinIsrPartitions)
            }
        }
        let isChoosy =
            underReplicated || unavailable || underMinIsrPartitions || atMinIsrPartitions
        if isChoosy { descriptions.removeAll(where: \.partitions.isEmpty) }
        if topicsWithOverrides { descriptions.removeAll(where: \.configs.isEmpty) }
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
            if regex {
                let found = try await PartitionChoice.topics(
                    matching: topics.names, client, canBeNone: ifExists)
                return (found.sorted { $0.name < $1.name }, [])
            }
            let (found, failures) = try await PartitionChoice.known(topics.names, client)
            return (found, ifExists ? [] : failures)
        }
        return (try await client.listTopics().filter { `internal` || !$0.isInternal }, [])
    }
}
