internal import ArgumentParser

/// `skafka top`
struct TopCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", _superCommandName: "skafka",
        abstract: "A live view of topics' rates, groups' lag and brokers.",
        usage: "skafka top [TOPIC…] [options]",
        discussion: Help.examples(
            """
            skafka top -b broker:9092
            skafka top orders payments --interval 5s
            skafka top --view groups --sort trend
            skafka top --once --json                     one sample, for scripts
            """,
            """
            Keys: q quits; p pauses; t, g, b and Tab choose topics, groups or brokers; < and > the \
            column to sort by, r its direction; / filters by name.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Option(help: ArgumentHelp("Time between two samples.", valueName: "duration"))
    var interval = DurationText(milliseconds: 2000)

    @Flag(help: "Take one sample over the interval, print it and end.")
    var once = false

    @Option(help: "What to begin with: topics, groups or brokers.")
    var view: TopView?

    @Option(
        help: ArgumentHelp(
            "The column to sort by, as its title: name, records, bytes, size, lag, trend, …",
            valueName: "column"))
    var sort: String?

    @Flag(help: "Internal topics too.")
    var `internal` = false

    private static let shortestMs: Int64 = 100

    func execute(in context: CommandContext) async throws {
        guard interval.milliseconds >= TopCommand.shortestMs else {
            throw CommandFailure.usage("--interval is 100ms or more")
        }
        let state = TopState(view: view ?? .topics, order: try order())
        guard once || (context.isInputTerminal && context.isOutputTerminal) else {
            throw CommandFailure.usage("top needs a terminal; with --once it prints one sample")
        }
        guard once || context.environment["TERM"] != "dumb" else {
            throw CommandFailure.usage(
                "a dumb terminal cannot show top; with --once it prints one sample")
        }
        guard once || global.style == .human else {
            throw CommandFailure.usage("--json and --plain need --once")
        }
        let session = try await Session.open(global, .load(global), in: context)
        let sampler = ClusterSampler(
            client: session.client, topics: topics.names, showsInternal: `internal`)
        if once {
            var run = TopOnce(
                command: self, state: state, sampler: sampler, context: context)
            try await run.run()
        } else {
            var run = TopRun(self, state, sampler, context)
            try await run.run()
        }
    }

    /// - Throws: `CommandFailure` for a column that the view has not.
    private func order() throws(CommandFailure) -> TopState.Order? {
        guard let sort else { return nil }
        let columns = TopState().table(of: view ?? .topics).columns.filter { $0.content != .curve }
        guard let column = columns.first(where: { $0.key == sort }) else {
            let keys = columns.map(\.key).joined(separator: ", ")
            throw .usage("\(view ?? .topics) cannot be sorted by '\(sort)'; there are \(keys)")
        }
        return TopState.Order(key: column.key, isDescending: column.content == .number)
    }
}

extension TopView: ExpressibleByArgument {}
