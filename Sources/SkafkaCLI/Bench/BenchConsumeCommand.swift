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
            skafka bench consume orders --records 1000000 -g load
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

    @Option(
        name: [.customShort("g", allowingJoined: true), .customLong("group")],
        help: ArgumentHelp(
            "Read as a member of a group, which keeps its offsets. Needs --records.",
            valueName: "group"))
    var group: String?

    @Flag(help: "Begin at the end: read what others write meanwhile. Needs --records.")
    var fromLatest = false

    func execute(in context: CommandContext) async throws {
        let names = try topics.required(by: "bench consume")
        try checkArguments()
        var global = global
        global.settingsFile = global.settingsFile ?? propertiesFile
        let session = try await Session.open(global, try settings(global), in: context)
        let (reader, prepared) = try await load(names, session, context)
        var load = prepared
        context.interrupts.onInterrupt { Task { await reader.close() } }
        let counter = load.counter
        let progress = BenchProgress(context, global, total: records) { counter.load() }
        let outcome: Result<Void, any Error>
        do {
            try await load.run()
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await progress.end()
        await reader.close()
        try report(load, names, context)
        guard !context.interrupts.isInterrupted else { return }
        try outcome.get()
        if let records, load.records < records {
            throw CommandFailure.failed(
                "\(Counted.text(records - load.records, "record")) of \(records) did not come")
        }
    }

    private func checkArguments() throws(CommandFailure) {
        guard records ?? 1 > 0 else { throw .usage("--records is a number from 1") }
        guard !fromLatest || records != nil else {
            throw .usage("--from-latest needs --records: nothing is there at the end")
        }
        guard group != "" else { throw .usage("a group needs a name") }
        guard group == nil || records != nil else {
            throw .usage("--group needs --records: a group's topics have no end")
        }
        guard fetchSize ?? 1 > 0 else { throw .usage("--fetch-size takes a number of bytes") }
    }

    private func settings(_ global: GlobalOptions) throws -> ClientSettings {
        var settings = try ClientSettings.load(global)
        if let fetchSize { settings.consumer.maxPartitionBytes = fetchSize }
        return settings
    }

    /// Who reads, with or without a group.
    private func load(
        _ names: [String], _ session: Session, _ context: CommandContext
    ) async throws -> (any BenchReader, ConsumeLoad) {
        let found = try await PartitionChoice.topics(names, session.client, context)
        let idleTimeoutMs = idleTimeout.clampedMilliseconds
        if let group, let records {
            let joinedNs = SharedCount()
            let member = member(of: group, names, session, joinedNs)
            let load = ConsumeLoad(
                member, joinedNs: joinedNs, limit: records, idleTimeoutMs: idleTimeoutMs)
            return (member, load)
        }
        let consumer = Consumer(
            client: session.client, configuration: session.settings.consumer)
        let ranges = try await ranges(found, session, context)
        consumer.assign(ranges.mapValues(\.start))
        let load = ConsumeLoad(consumer, ranges, limit: records, idleTimeoutMs: idleTimeoutMs)
        return (consumer, load)
    }

    private func member(
        of group: String, _ names: [String], _ session: Session, _ joinedNs: SharedCount
    ) -> GroupConsumer {
        var configuration = session.settings.group
        configuration.groupID = group
        configuration.offsetReset = fromLatest ? .latest : .earliest
        return GroupConsumer(
            client: session.client, configuration: configuration, reading: .topics(names),
            fetching: session.settings.consumer
        ) { _, event in
            guard case .assigned = event, joinedNs.load() == 0 else { return }
            joinedNs.store(Int(NIODeadline.now().uptimeNanoseconds))
        }
    }

    /// What is read without a group: nothing that is empty.
    private func ranges(
        _ topics: [ClusterMetadata.Topic], _ session: Session, _ context: CommandContext
    ) async throws -> [TopicPartition: PartitionRange] {
        let resolver = RangeResolver(
            client: session.client, isolationLevel: session.settings.consumer.isolationLevel,
            nowMs: context.clock.nowMs)
        return try await resolver.resolve(
            PartitionChoice.resolve(topics, nil), from: fromLatest ? .end : .beginning,
            to: records == nil ? .end : nil
        ).filter { !$0.value.isEmpty }
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
    }
}
