internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka topics elect`
struct TopicsElectCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "elect", _superCommandName: "skafka topics",
        abstract: "Elect leaders of partitions.",
        usage: "skafka topics elect TOPIC[:0,1]… [--unclean] [options]",
        discussion: Help.examples(
            """
            skafka topics elect orders
            skafka topics elect orders:0,1 --unclean --yes
            """,
            """
            By default the first of a partition's replicas leads it again, when it is in sync. \
            --unclean takes any that lives where there is no leader, at the price of records that \
            it does not have: on a terminal it asks before.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Flag(help: "Any replica, in sync or not.")
    var unclean = false

    /// As kafka-leader-election has it.
    @Flag(help: .hidden)
    var allTopicPartitions = false

    @Flag(help: "Do not ask.")
    var yes = false

    func execute(in context: CommandContext) async throws {
        guard !allTopicPartitions || topics.names.isEmpty else {
            throw CommandFailure.usage("--all-topic-partitions and topics exclude each other")
        }
        var names: [String] = []
        if !allTopicPartitions { names = try topics.required(by: "topics elect") }
        var choices = try names.map { text throws(CommandFailure) in try TopicChoice(text) }
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        if allTopicPartitions {
            choices = try await client.listTopics().map { topic throws(CommandFailure) in
                try TopicChoice(topic.name)
            }
        }
        let (partitions, failures) = try await TopicChoice.resolve(choices, client)
        if unclean {
            try Confirmation(isGiven: yes, context: context).ask(
                "elect leaders that may miss records of "
                    + Counted.text(partitions.count, "partition"),
                elsewhere: "--unclean may lose records: only with --yes")
        }
        let errors =
            partitions.isEmpty
            ? [:] : try await client.electLeaders(unclean ? .unclean : .preferred, partitions)
        let items = partitions.map { partition in
            let error = errors[partition] ?? nil
            let isNeeded = error?.errorCode != .electionNotNeeded
            return Outcomes.Item(
                key: [
                    ("TOPIC", "topic", .text(partition.topic)),
                    ("PARTITION", "partition", .int(partition.partition)),
                ],
                sentence: isNeeded
                    ? "elected the leader of \(partition)"
                    : "\(partition) has that leader already",
                error: isNeeded ? error : nil,
                unchanged: isNeeded ? nil : "has that leader already")
        }
        for failure in failures { context.complain(failure.message) }
        try await Outcomes(items: items).report(global, context, client, isDryRun: false)
        if let first = failures.first { throw CommandFailure.reported(first.status) }
    }
}
