internal import ArgumentParser
internal import KafkaClient

/// `skafka bench latency`
struct BenchLatencyCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency", _superCommandName: "skafka bench",
        abstract: "How long a record takes from its sender to a reader, at a fixed rate.",
        usage: "skafka bench latency [TOPIC] [options]",
        discussion: Help.examples(
            """
            skafka bench latency                               1,000 records a second for 10 s
            skafka bench latency orders --rate 20000 --duration 1m --size 1000
            skafka bench latency --acks 1 --json
            """,
            """
            Times count from when a record was due, so that a stall shows in every record that it \
            held up. Other records in the topic do no harm.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topic: BenchTopicOptions
    @OptionGroup var sending: BenchSendOptions

    @Option(help: ArgumentHelp("Records a second.", valueName: "n"))
    var rate: Double = 1000

    @Option(help: ArgumentHelp("How long to send.", valueName: "duration"))
    var duration = DurationText(milliseconds: 10_000)

    @Option(
        help: ArgumentHelp(
            "How long to send before, without counting.", valueName: "duration"))
    var warmUp = DurationText(milliseconds: 500)

    func execute(in context: CommandContext) async throws {
        try topic.check()
        var settings = try sending.settings(global)
        // A batch does not wait for more unless that was asked for.
        if sending.linger == nil { settings.producer.lingerMs = 0 }
        guard rate > 0, rate.isFinite else {
            throw CommandFailure.usage("--rate is a number above 0")
        }
        guard duration.milliseconds > 0 else {
            throw CommandFailure.usage("--duration is a time above 0")
        }
        guard sending.sizes.range.lowerBound >= LatencyStamp.byteCount else {
            throw CommandFailure.usage("--size is a number from \(LatencyStamp.byteCount)")
        }
        let session = try await Session.open(global, settings, in: context)
        let topic = try await BenchTopic.prepare(topic, session.client, context)
        do {
            try await BenchLatencyRun(self, session, topic, context).run()
        } catch {
            if CommandFailure(error).status == .unreachable { topic.abandon() }
            throw error
        }
    }
}
