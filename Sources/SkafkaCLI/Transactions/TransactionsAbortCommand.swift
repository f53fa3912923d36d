internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka txn abort`
struct TransactionsAbortCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", _superCommandName: "skafka txn",
        abstract: "Abort open transactions.",
        usage: "skafka txn abort TRANSACTIONAL-ID… | --topic T -p N --start-offset O",
        discussion: Help.examples(
            """
            skafka txn abort payments-1
            skafka txn abort --topic orders -p 0 --start-offset 1200
            skafka txn abort --topic orders -p 0 --producer-id 1000 --dry-run
            """,
            """
            By its id a transaction is aborted by its coordinator, which fences its producer. By \
            its place in a partition so is one that its coordinator knows; one that hangs is ended \
            in that partition alone. On a terminal it asks before.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var ids: TransactionalIDArguments

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        help: ArgumentHelp("Where a transaction is open.", valueName: "name"),
        completion: .topics)
    var topic: String?

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("partition")],
        help: ArgumentHelp("Likewise.", valueName: "n"))
    var partition: Int32?

    @Option(help: ArgumentHelp("Where it begins there.", valueName: "offset"))
    var startOffset: Int64?

    @Option(help: ArgumentHelp("Whose it is.", valueName: "n"))
    var producerId: Int64?

    @Option(
        help: ArgumentHelp(
            "With that, where the broker does not tell: its epoch.", valueName: "n"))
    var producerEpoch: Int16?

    @Option(help: ArgumentHelp("Likewise, the coordinator's epoch.", valueName: "n"))
    var coordinatorEpoch: Int32?

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Only show what would be aborted.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let names = ids.names
        guard !names.contains("") else { throw CommandFailure.usage("an id is not empty") }
        guard names.isEmpty != (topic == nil) else {
            throw CommandFailure.usage(
                names.isEmpty
                    ? "nothing named; write a transactional id, or --topic T -p N --start-offset O"
                    : "a transaction is named by its id or by its place, not by both")
        }
        let target = try topic.map { try place($0) }
        let session = try await Session.open(global, .load(global), in: context)
        let run = TransactionAbort(client: session.client, isDryRun: dryRun) { question in
            try Confirmation(isGiven: yes, context: context).ask(question)
        }
        let items =
            if let target { [try await run.abort(target)] } else { try await run.abort(names) }
        try await Outcomes(items: items).report(
            global, context, session.client, isDryRun: dryRun)
    }

    /// - Throws: `CommandFailure` of status `usage`.
    private func place(_ topic: String) throws(CommandFailure) -> TransactionAbort.Place {
        guard let partition, partition >= 0 else {
            throw .usage("no partition given; write --topic T -p N --start-offset O")
        }
        guard (startOffset == nil) != (producerId == nil) else {
            throw .usage(
                "give --start-offset or --producer-id; see 'skafka txn producers \(topic)'")
        }
        guard (producerEpoch == nil) == (coordinatorEpoch == nil),
            producerEpoch == nil || producerId != nil
        else {
            throw .usage("--producer-id, --producer-epoch and --coordinator-epoch go together")
        }
        let place = TopicPartition(topic: topic, partition: partition)
        var transaction: HangingTransaction?
        if let producerId, let producerEpoch, let coordinatorEpoch {
            transaction = HangingTransaction(
                partition: place, producerID: producerId, producerEpoch: producerEpoch,
                coordinatorEpoch: coordinatorEpoch)
        }
        return TransactionAbort.Place(
            partition: place, startOffset: startOffset, producerID: producerId,
            transaction: transaction)
    }
}
