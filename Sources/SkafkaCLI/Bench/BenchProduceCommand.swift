internal import ArgumentParser

/// `skafka bench produce`
struct BenchProduceCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "produce", _superCommandName: "skafka bench",
        abstract: "How many records a second are taken, and how long each takes.",
        usage: "skafka bench produce [TOPIC] [options]",
        discussion: Help.examples(
            """
            skafka bench produce                               a topic of its own, 1,000,000 records
            skafka bench produce orders --records 50000 --size 100-2000 -z zstd
            skafka bench produce orders --rate 5000 --linger 0 --json
            skafka bench produce --topic t --num-records 1000 --record-size 100 --throughput -1 \
            --producer-props acks=1
            """,
            """
            Without --rate, latency counts from the first attempt to hand a record to the \
            producer; with it, from the time that the record was due.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topic: BenchTopicOptions
    @OptionGroup var sending: BenchSendOptions

    @Option(
        name: [.customLong("records"), .customLong("num-records")],
        help: ArgumentHelp("How many records.", valueName: "n"))
    var records = 1_000_000

    @Option(
        name: [.customLong("rate"), .customLong("throughput")], parsing: .unconditional,
        help: ArgumentHelp(
            "Records a second, all producers together. (default: no limit)",
            valueName: "n"))
    var rate: Double?

    @Option(help: ArgumentHelp("Producers, with a connection and a thread each.", valueName: "n"))
    var producers = 1

    private static let producersMax = 64

    func execute(in context: CommandContext) async throws {
        try topic.check()
        let settings = try sending.settings(global)
        guard records > 0 else { throw CommandFailure.usage("--records is a number from 1") }
        guard (1...BenchProduceCommand.producersMax).contains(producers) else {
            throw CommandFailure.usage(
                "--producers is a number from 1 to \(BenchProduceCommand.producersMax)")
        }
        // kafka-producer-perf-test's -1 is no limit.
        let rate = rate == -1 ? nil : rate
        guard rate ?? 1 > 0, rate?.isFinite ?? true else {
            throw CommandFailure.usage("--rate is a number above 0, or -1 for no limit")
        }
        let session = try await Session.open(global, settings, in: context)
        let topic = try await BenchTopic.prepare(topic, session.client, context)
        let run = BenchProduceRun(self, rate: rate, session, topic, context)
        do {
            try await run.run()
        } catch {
            if CommandFailure(error).status == .unreachable { topic.abandon() }
            throw error
        }
    }
}
