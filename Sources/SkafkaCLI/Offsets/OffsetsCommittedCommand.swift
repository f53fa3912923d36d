internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka offsets committed`
struct OffsetsCommittedCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "committed", _superCommandName: "skafka offsets",
        abstract: "Where groups stand in each partition, and their lag.",
        usage: "skafka offsets committed GROUP…|--all [options]",
        discussion: Help.examples(
            """
            skafka offsets committed billing
            skafka offsets committed billing --topic orders:0,1
            skafka offsets committed --all --plain | awk -F'\\t' '$6 > 1000'   who lags
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var groups: GroupArguments

    @Flag(
        name: [.customLong("all"), .customLong("all-groups")], help: "All groups of the cluster.")
    var all = false

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Only this topic, or these partitions of it; repeatable.", valueName: "topic[:0,1]"),
        completion: .topics)
    var topics: [String] = []

    func execute(in context: CommandContext) async throws {
        let names = try groups.required(by: "offsets committed", or: all, "--all")
        let choice = try topics.map { text throws(CommandFailure) in try TopicChoice(text) }
        let session = try await Session.open(global, .load(global), in: context)
        let report = try await GroupReport.load(
            all ? nil : names, session.client, canDoWithout: true)
        let (rows, more) = try await report.offsetRows(session.client) { partition in
            choice.isEmpty || choice.contains { $0.holds(partition) }
        }
        let shown = choice.isEmpty ? rows : rows.filter { $0.partition != nil }
        if !rows.isEmpty || !report.groups.isEmpty || report.errors.isEmpty || global.style == .json {
            try context.show(shown, GroupOffsetRow.layout, global.style)
        }
        try await context.complain(of: report.errors + more, session.client)
    }
}
