internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka txn hanging`
struct TransactionsHangingCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "hanging", _superCommandName: "skafka txn",
        abstract: "Transactions that are open in a partition but forgotten by their coordinator.",
        usage: "skafka txn hanging [TOPIC…] [options]",
        discussion: Help.examples(
            """
            skafka txn hanging                       in all topics
            skafka txn hanging orders --older-than 1m
            skafka txn abort --topic orders -p 0 --start-offset 1200
            """,
            """
            They keep readers of committed records from going on. Younger ones may be on their \
            way to their coordinator: --older-than is the longest timeout of a transaction.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Option(
        help: ArgumentHelp("Only those without a record for so long.", valueName: "duration"))
    var olderThan = DurationText(milliseconds: 15 * 60_000)

    func execute(in context: CommandContext) async throws {
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        var found: (topics: [ClusterMetadata.Topic], failures: [CommandFailure])
        if topics.names.isEmpty {
            found = (try await client.listTopics(), [])
        } else {
            found = try await PartitionChoice.known(topics.names, client)
        }
        let partitions = try PartitionChoice.resolve(found.topics, nil)
        let (rows, errors) = try await ProducerRow.load(partitions, client)
        let open = rows.filter { $0.producer.transactionStartOffset != nil }
        let known = try await HangingSearch.known(Set(open.map(\.producer.producerID)), client)
        let hanging = HangingSearch.hanging(
            among: open, beforeMs: context.clock.nowMs - olderThan.milliseconds,
            known: Dictionary(
                known.map { ($0.producerID, Set($0.partitions)) }
            ) { $0.union($1) })
        try context.show(hanging, ProducerRow.layout, global.style)
        found.failures += await NameHints.failures(errors, client)
        try context.complain(of: found.failures)
    }
}
