internal import ArgumentParser
internal import KafkaClient

/// `skafka txn producers`
struct TransactionsProducersCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "producers", _superCommandName: "skafka txn",
        abstract: "Producers that partitions know of, with their open transactions.",
        usage: "skafka txn producers TOPIC… [options]",
        discussion: Help.examples(
            """
            skafka txn producers orders
            skafka txn producers orders -p 0 --json
            """, "START-OFFSET is where a producer's open transaction begins."))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("partition")],
        help: ArgumentHelp("Partitions, as 0,2-4. (default: all)", valueName: "list"))
    var partitions: String?

    func execute(in context: CommandContext) async throws {
        let names = try topics.required(by: "txn producers")
        let list = try partitions.map { try PartitionList.parse($0) }
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await PartitionChoice.known(names, session.client)
        let chosen = try PartitionChoice.resolve(found.topics, list)
        let (rows, errors) = try await ProducerRow.load(chosen, session.client)
        if !rows.isEmpty || (errors.isEmpty && found.failures.isEmpty) || global.style == .json {
            try context.show(rows, ProducerRow.layout, global.style)
        }
        try context.complain(
            of: found.failures + (await NameHints.failures(errors, session.client)))
    }
}
