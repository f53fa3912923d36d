internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords
internal import NIOCore

/// `skafka bench consume`
struct BenchConsumeCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "consume", _superCommandName: "skafka bench",
        abstract: "How fast a topic is read.",
        usage: "skafka bench consume TOPIC… [options]",
        discussion: Help.examples(
            """
            skafka bench consume orders                        all there is now
            skafka bench consume orders --records 1000000      so many, or fail
            skafka bench consume --topic t --messages 1000 --fetch-size 1048576 --json
            """,
            """
            The latency is how long the reader waited for what was fetched next; data that was \
            there already costs it nothing.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Option(
        name: [.customLong("records"), .customLong("messages")],
        help: ArgumentHelp(
            "How many records; waits for them. (default: what is there)", valueName: "n"))
    var records: Int?

    @Option(
        help: ArgumentHelp(
            "With --records: give up after so long without one.", valueName: "duration"))
    var idleTimeout = DurationText(milliseconds: 10_000)

    @Option(
        help: ArgumentHelp("Bytes of one partition in a response.", valueName: "bytes"))
    var fetchSize: Int?

    @Option(
        name: .customLong("consumer.config"),
        help: ArgumentHelp("Settings from a .properties file, as -F.", valueName: "file"),
        completion: .file())
    var propertiesFile: String?

    @Flag(help: "Begin at the end: read what others write meanwhile. Needs --records.")
    var fromLatest = false

    func execute(in context: CommandContext) async throws {
        let names = try topics.required(by: "bench consume")
        guard records ?? 1 > 0 else { throw CommandFailure.usage("--records is a number from 1") }
        guard !fromLatest || records != nil else {
            throw CommandFailure.usage("--from-latest needs --records: nothing is there at the end")
        }
        var global = global
        global.settingsFile = global.settingsFile ?? propertiesFile
        var settings = try ClientSettings.load(global)
        if let fetchSize {
            guard fetchSize > 0 else {
                throw CommandFailure.usage("--fetch-size takes a number of bytes")
            }
            settings.consumer.maxPartitionBytes = fetchSize
        }
        let session = try await Session.open(global, settings, in: context)
        let found = try await PartitionChoice.topics(names, session.client, context)
        let partitions = try PartitionChoice.resolve(found, nil)
        let resolver = RangeResolver(
            client: session.client, isolationLevel: settings.consumer.isolationLevel,
            nowMs: context.clock.nowMs)
        let ranges = try await resolver.resolve(
            partitions, from: fromLatest ? .end : .beginning, to: records == nil ? .end : nil)
        let consumer = Consumer(client: session.client, configuration: settings.consumer)
        context.interrupts.onInterrupt { Task { await consumer.close() } }
        var load = ConsumeLoad(
            consumer, ranges, limit: records, idleTimeoutMs: idleTimeout.clampedMilliseconds)
        let counter = load.counter
        let progress = BenchProgress(context, global, total: records) {
            counter.load()
        }
        let outcome: Result<Void, any Error>
        do {
            try await load.run()
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await progress.end()
        await consumer.close()
        try report(load, names, context)
        if !context.interrupts.isInterrupted { try outcome.get() }
    }

    private func report(
        _ load: ConsumeLoad, _ names: [String], _ context: CommandContext
    ) throws {
        let output = context.makeOutput()
        BenchReport(
            bench: "consume", topic: names.joined(separator: ","), records: load.records,
            bytes: load.bytes, elapsedNs: load.elapsedNs,
            latencies: [.init(name: "wait", title: "waited for data", histogram: load.waits)]
        ).append(
            to: output, global.style, glyphs: TerminalGlyphs(environment: context.environment))
        try output.flush()
        if let records, load.records < records, !context.interrupts.isInterrupted {
            throw CommandFailure.failed(
                "\(Counted.text(records - load.records, "record")) of \(records) did not come")
        }
    }
}
