internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka txn describe`
struct TransactionsDescribeCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", _superCommandName: "skafka txn",
        abstract: "State, times and partitions of transactions.",
        usage: "skafka txn describe TRANSACTIONAL-ID… [options]",
        discussion: Help.examples(
            """
            skafka txn describe payments-1
            skafka txn describe payments-1 payments-2 --json
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var ids: TransactionalIDArguments

    func execute(in context: CommandContext) async throws {
        let names = ids.names
        guard !names.isEmpty, !names.contains("") else {
            throw CommandFailure.usage(
                "no transactional id given; see 'skafka txn describe --help'")
        }
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await session.client.describeTransactions(names)
        var shown: [TransactionDescription] = []
        var errors: [KafkaError] = []
        for name in names {
            switch found[name] {
            case .success(let transaction)?: shown.append(transaction)
            case .failure(let error)?:
                errors.append(await TransactionHints.explained(error, name, session.client))
            case nil: continue
            }
        }
        if !shown.isEmpty || errors.isEmpty || global.style == .json {
            try context.show(
                shown, TransactionsDescribeCommand.layout(nowMs: context.clock.nowMs),
                global.style)
        }
        try await context.complain(of: errors, session.client)
    }

    private static func layout(nowMs: Int64) -> RowLayout<TransactionDescription> {
        RowLayout(columns: [
            .text("TRANSACTIONAL-ID", "transactionalId") { .text($0.transactionalID) },
            .number("COORDINATOR", "coordinator") { .int($0.coordinator) },
            .number("PRODUCER-ID", "producerId") { .int($0.producerID) },
            .number("EPOCH", "producerEpoch") { .int($0.producerEpoch) },
            .text("STATE", "state") { .text($0.state.rawValue) },
            .number("TIMEOUT-MS", "timeoutMs") { .int($0.timeoutMs) },
            .text("STARTED", nil) { .optional($0.startTimestampMs.map(CivilTime.rfc3339)) },
            .number(nil, "startTimestamp") { .optional($0.startTimestampMs) },
            .number("DURATION-MS", "durationMs") {
                .optional($0.startTimestampMs.map { nowMs - $0 })
            },
            .text("PARTITIONS", "partitions") { .list($0.partitions.map { .text("\($0)") }) },
        ])
    }
}

/// The transactional ids of a command: arguments and `--transactional-id` mean the same.
struct TransactionalIDArguments: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A transactional id, as the arguments are; repeatable.", valueName: "id"))
    var transactionalId: [String] = []

    @Argument(help: ArgumentHelp("The transactional ids.", valueName: "transactional-id"))
    var arguments: [String] = []

    /// Each id once, in order.
    var names: [String] {
        var seen: Set<String> = []
        return (transactionalId + arguments).filter { seen.insert($0).inserted }
    }
}
