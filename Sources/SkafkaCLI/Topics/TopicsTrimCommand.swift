internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka topics trim`
struct TopicsTrimCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "trim", _superCommandName: "skafka topics",
        abstract: "Delete the older records of topics.",
        usage: "skafka topics trim TOPIC… [--to OFFSET|@TIME|end] [options]",
        discussion: Help.examples(
            """
            skafka topics trim orders --to @-7d           records older than a week
            skafka topics trim orders --to 1200 -p 0      those of partition 0 below offset 1200
            skafka topics trim orders --to -1000          all but the last 1000 of each partition
            skafka topics trim orders --to end --dry-run  what would go
            """,
            """
            On a terminal it asks before. Without --to all records go, which needs --yes where \
            nobody can be asked. The room is free when the broker removes the files, after the \
            topic's file.delete.delay.ms.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where each partition begins then: N, -N (the last N), @TIME, end. (default: end)",
            valueName: "offset"))
    var to: String?

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("partition")],
        help: ArgumentHelp("Partitions, as 0,2-4. (default: all)", valueName: "list"))
    var partitions: String?

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Only show what would be deleted.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let names = try topics.required(by: "topics trim")
        guard let point = OffsetPoint(to ?? "end"), point != .stored else {
            throw CommandFailure.usage(
                "'\(to ?? "")' is no offset; write N, -N (the last N), @TIME or end")
        }
        let list = try partitions.map { try PartitionList.parse($0) }
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await PartitionChoice.known(names, session.client)
        let chosen = try PartitionChoice.resolve(found.topics, list)
        var plan = try await TrimPlan.make(
            chosen, to: point, nowMs: context.clock.nowMs, session.client)
        if !dryRun, !plan.rows.isEmpty {
            try Confirmation(isGiven: yes, context: context).ask(
                "delete \(Counted.text(plan.offsetCount, "offset")) of "
                    + found.topics.map(\.name).joined(separator: ", "),
                elsewhere: to == nil ? "without --to all records go: only with --yes" : nil)
            try await plan.carryOut(session.client)
        }
        let failures = found.failures + plan.failures
        if !plan.rows.isEmpty || failures.isEmpty || global.style == .json {
            let output = context.makeOutput(capacityBytes: 16 << 10)
            plan.append(to: output, global.style, width: context.outputWidth)
            try output.flush()
        }
        try context.complain(of: failures)
    }
}
