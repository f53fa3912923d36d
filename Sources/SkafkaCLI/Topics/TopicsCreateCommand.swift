internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka topics create`
struct TopicsCreateCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", _superCommandName: "skafka topics",
        abstract: "Make topics.",
        usage: "skafka topics create TOPIC… [options]",
        discussion: Help.examples(
            """
            skafka topics create orders
            skafka topics create orders payments --partitions 4
            skafka topics create users -c cleanup.policy=compact --if-not-exists
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Option(help: ArgumentHelp("Partitions. (default: the broker's)", valueName: "n"))
    var partitions: Int32?

    @Option(help: ArgumentHelp("Replicas. (default: the broker's)", valueName: "n"))
    var replicationFactor: Int16?

    @Option(
        name: [.customShort("c", allowingJoined: true), .customLong("config")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A setting of the topics; repeatable.", valueName: "key=value"),
        completion: .topicSettings)
    var configs: [String] = []

    @Flag(help: "A topic that is there already is no failure.")
    var ifNotExists = false

    @Flag(help: "Only check whether they could be made.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let names = try topics.required(by: "topics create")
        guard partitions ?? 1 > 0, replicationFactor ?? 1 > 0 else {
            throw CommandFailure.usage("partitions and replicas are numbers from 1")
        }
        let configs = try configs.map { text throws(CommandFailure) in
            let (name, value) = try TopicSetting.parse(text)
            return (name: name, value: String?.some(value))
        }
        let session = try await Session.open(global, .load(global), in: context)
        var results = try await session.client.createTopics(
            names.map {
                NewTopic(
                    name: $0, partitionCount: partitions ?? -1,
                    replicationFactor: replicationFactor ?? -1, configs: configs)
            }, validateOnly: dryRun)
        if !configs.isEmpty { await explain(&results, configs.map(\.name), session.client) }
        let outcomes = Outcomes(
            results, tolerated: ifNotExists ? .topicAlreadyExists : nil,
            verb: dryRun ? "can create" : "created", unchanged: "exists already")
        try await outcomes.report(global, context, session.client, isDryRun: dryRun)
    }

    /// A setting that was refused is compared with those of a topic that there is.
    private func explain(
        _ results: inout [TopicResult], _ settings: [String], _ client: KafkaClient
    ) async {
        for index in results.indices {
            guard let error = results[index].error, error.errorCode == .invalidConfig,
                let sample = try? await client.listTopics().first(where: { $0.error == nil })
            else { continue }
            results[index].error = await SettingHints.explained(
                error, settings, .topic(sample.name), client)
        }
    }
}
