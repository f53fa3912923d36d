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

    @OptionGroup var topics: TopicChoiceArguments

    func execute(in context: CommandContext) async throws {
        let names = try groups.required(by: "offsets committed", or: all, "--all")
        let choices = try topics.choices()
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        let chosen = choices.isEmpty ? nil : try await TopicChoice.resolve(choices, client)
        let report = try await GroupReport.load(all ? nil : names, client, canDoWithout: true)
        let (rows, more) = try await report.offsetRows(client, of: chosen?.partitions)
        if !rows.isEmpty || !report.groups.isEmpty || report.errors.isEmpty
            || global.style == .json
        {
            try context.show(rows, GroupOffsetRow.layout, global.style)
        }
        try context.complain(
            of: (chosen?.failures ?? [])
                + (await NameHints.failures(report.errors + more, client)))
    }
}
