internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka topics delete`
struct TopicsDeleteCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", _superCommandName: "skafka topics",
        abstract: "Delete topics with all their records.",
        usage: "skafka topics delete TOPIC… [options]",
        discussion: Help.examples(
            """
            skafka topics delete orders
            skafka topics delete --regex 'test-.*' --dry-run    what would go
            skafka topics delete --regex 'test-.*' --yes
            """,
            "On a terminal it asks before; --regex needs --yes where nobody can be asked."))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Flag(help: "A topic that is not there is no failure.")
    var ifExists = false

    @Flag(name: .shortAndLong, help: "Topics are regular expressions for whole names.")
    var regex = false

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Only show what would be deleted.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        var names = try topics.required(by: "topics delete")
        let session = try await Session.open(global, .load(global), in: context)
        if regex {
            names = try await PartitionChoice.topics(
                matching: names, session.client, canBeNone: ifExists
            ).map(\.name).sorted()
        }
        guard !names.isEmpty else {
            let nothing = Outcomes(items: [])
            return try await nothing.report(global, context, session.client, isDryRun: dryRun)
        }
        if dryRun { return try await showPlan(names, session.client, context) }
        let what =
            names.count == 1
            ? "topic \(names[0])"
            : "\(names.count) topics: "
                + names.joined(separator: ", ")
        try Confirmation(isGiven: yes, context: context).ask(
            "delete \(what)",
            elsewhere: regex ? "--regex deletes only with --yes; --dry-run shows what" : nil)
        let results = try await session.client.deleteTopics(names)
        let outcomes = Outcomes(
            results, tolerated: ifExists ? .unknownTopicOrPartition : nil, verb: "deleted",
            unchanged: "is not there")
        try await outcomes.report(global, context, session.client, isDryRun: dryRun)
    }

    /// - Throws: `CommandFailure` when one is not there.
    private func showPlan(
        _ names: [String], _ client: KafkaClient, _ context: CommandContext
    ) async throws {
        let found = zip(names, try await client.describeTopics(names))
        let results = found.map { name, result in
            switch result {
            case .success(let topic):
                var result = TopicResult(name: name, error: nil)
                result.partitionCount = Int32(topic.partitions.count)
                return result
            case .failure(let error): return TopicResult(name: name, error: error)
            }
        }
        let outcomes = Outcomes(
            results, tolerated: ifExists ? .unknownTopicOrPartition : nil, verb: "would delete",
            unchanged: "is not there")
        try await outcomes.report(global, context, client, isDryRun: dryRun)
    }
}
