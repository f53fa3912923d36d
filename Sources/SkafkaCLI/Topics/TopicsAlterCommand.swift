internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka topics alter`
struct TopicsAlterCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "alter", _superCommandName: "skafka topics",
        abstract: "Change settings of topics, add partitions.",
        usage: "skafka topics alter TOPIC… [options]",
        discussion: Help.examples(
            """
            skafka topics alter orders -c retention.ms=86400000
            skafka topics alter orders --delete-config retention.ms    back to the default
            skafka topics alter orders --partitions 12
            """,
            """
            A topic never has fewer partitions than before. With more of them, keys go to other \
            partitions than their older records.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Option(
        help: ArgumentHelp("Partitions, with those that there are.", valueName: "n"))
    var partitions: Int32?

    @Option(
        name: [.customShort("c", allowingJoined: true), .customLong("config")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A setting of the topics; repeatable.", valueName: "key=value"),
        completion: .topicSettings)
    var configs: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A setting that gets its default again; repeatable.", valueName: "key"),
        completion: .topicSettingNames)
    var deleteConfig: [String] = []

    /// As kafka-topics has it.
    @Flag(help: .hidden)
    var ifExists = false

    @Flag(help: "Only check whether it could be done.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let names = try topics.required(by: "topics alter")
        guard partitions ?? 1 > 0 else {
            throw CommandFailure.usage("partitions are a number from 1")
        }
        let changes = try ConfigChanges.parse(set: configs, delete: deleteConfig)
        guard !changes.isEmpty || partitions != nil else {
            throw CommandFailure.usage(
                "nothing to change; give --partitions, -c or --delete-config")
        }
        let session = try await Session.open(global, .load(global), in: context)
        let removals = try await ConfigRemovals(
            changes, of: names.map { .topic($0) }, session.client)
        var results = names.map { TopicResult(name: $0, error: removals.errors[.topic($0)]) }
        if let partitions, !changes.isEmpty {
            // What is refused leaves the topic alone.
            let ready = results.filter { $0.error == nil }.map(\.name)
            let checked = try await session.client.createPartitions(
                Dictionary(uniqueKeysWithValues: ready.map { ($0, partitions) }),
                validateOnly: true)
            results = merged(results, checked)
        }
        let willing = results.filter { $0.error == nil }.map(\.name)
        results = merged(results, try await alter(willing, changes, session.client))
        if let partitions {
            let ready = results.filter { $0.error == nil }.map(\.name)
            let added = try await session.client.createPartitions(
                Dictionary(uniqueKeysWithValues: ready.map { ($0, partitions) }),
                validateOnly: dryRun)
            results = merged(results, added)
        }
        if !global.quiet { removals.notes.forEach(context.complain) }
        let outcomes = Outcomes(
            results, tolerated: ifExists ? .unknownTopicOrPartition : nil,
            verb: dryRun ? "can change" : "changed", unchanged: "is not there")
        try await outcomes.report(global, context, session.client, isDryRun: dryRun)
    }

    private func merged(_ results: [TopicResult], _ newer: [TopicResult]) -> [TopicResult] {
        let byName = Dictionary(uniqueKeysWithValues: newer.map { ($0.name, $0) })
        return results.map { byName[$0.name] ?? $0 }
    }

    private func alter(
        _ names: [String], _ changes: [ConfigChange], _ client: KafkaClient
    ) async throws -> [TopicResult] {
        guard !changes.isEmpty else { return names.map { TopicResult(name: $0, error: nil) } }
        let errors = try await client.alterConfigs(
            Dictionary(uniqueKeysWithValues: names.map { (.topic($0), changes) }),
            validateOnly: dryRun)
        var results: [TopicResult] = []
        for name in names {
            var error = errors[.topic(name)] ?? nil
            if let refused = error {
                error = await SettingHints.explained(
                    refused, changes.map(\.name), .topic(name), client)
            }
            results.append(TopicResult(name: name, error: error))
        }
        return results
    }
}
