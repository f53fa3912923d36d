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

    func execute(in context: CommandContext) async throws {
        let session = try await Session.open(global, .load(global), in: context)
        let (found, status) = try await find(session.client, context)
        let descriptions = try await TopicDescription.load(found, session.client) { partition in
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
                description.appendHuman(to: output)
            }
        }
        try output.flush()
        if let status { throw CommandFailure.reported(status) }
    }

    /// The topics that are there; for the others a line on standard error and an exit status.
    private func find(
        _ client: KafkaClient, _ context: CommandContext
    ) async throws -> ([ClusterMetadata.Topic], ExitStatus?) {
        guard !topics.names.isEmpty else {
            return (try await client.listTopics().filter { !$0.isInternal }, nil)
        }
        var found: [ClusterMetadata.Topic] = []
        var status: ExitStatus?
        for result in try await client.describeTopics(topics.names) {
            switch result {
            case .success(let topic): found.append(topic)
            case .failure(let error):
                let failure = CommandFailure(error)
                context.complain(failure.message)
                status = status ?? failure.status
            }
        }
        return (found, status)
    }
}
