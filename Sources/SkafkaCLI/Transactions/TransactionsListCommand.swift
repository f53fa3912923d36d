internal import ArgumentParser
internal import KafkaClient

/// `skafka txn list`
struct TransactionsListCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", _superCommandName: "skafka txn",
        abstract: "Transactional ids with their producers and states.",
        usage: "skafka txn list [--state S] [options]",
        discussion: Help.examples(
            """
            skafka txn list
            skafka txn list --state ongoing --longer-than 5m
            skafka txn list --producer-id 1000
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Only those in this state: ongoing, empty, completecommit, …; repeatable.",
            valueName: "state"))
    var state: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only this producer's; repeatable.", valueName: "n"))
    var producerId: [Int64] = []

    @Option(
        help: ArgumentHelp("Only those that are open for longer.", valueName: "duration"))
    var longerThan: DurationText?

    func execute(in context: CommandContext) async throws {
        let states = try state.transactionStates()
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await session.client.listTransactions(
            states: states, producerIDs: Set(producerId), longerThanMs: longerThan?.milliseconds)
        if !found.transactions.isEmpty || found.failures.isEmpty || global.style == .json {
            try context.show(
                found.transactions, TransactionsListCommand.layout, global.style)
        }
        try await context.complain(
            of: found.failures.sorted { $0.key < $1.key }.map(\.value), session.client)
    }

    private static var layout: RowLayout<TransactionListing> {
        RowLayout(columns: [
            .text("TRANSACTIONAL-ID", "transactionalId") { .text($0.transactionalID) },
            .number("COORDINATOR", "coordinator") { .int($0.coordinator) },
            .number("PRODUCER-ID", "producerId") { .int($0.producerID) },
            .text("STATE", "state") { .text($0.state.rawValue) },
        ])
    }
}
