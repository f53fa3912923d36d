internal import ArgumentParser
internal import KafkaClient
internal import KafkaRecords

/// `skafka bench`
struct BenchCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure throughput and latency.",
        discussion: Help.examples(
            """
            skafka bench produce -b broker:9092 --size 1000       as fast as it takes them
            skafka bench produce orders --rate 5000 --acks 1      at a fixed rate
            skafka bench consume orders -b broker:9092            how fast it is read
            skafka bench latency --rate 1000 --duration 30s       from sent to received
            """),
        subcommands: [
            BenchProduceCommand.self, BenchConsumeCommand.self, BenchLatencyCommand.self,
        ])
}

/// The topic of a benchmark that writes.
struct BenchTopicOptions: ParsableArguments {
    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        help: ArgumentHelp("The topic, in place of the argument.", valueName: "name"),
        completion: .topics)
    var option: String?

    @Argument(
        help: ArgumentHelp(
            "The topic; one that is made for this is deleted at the end. (default: a new one)",
            valueName: "topic"),
        completion: .topics)
    var argument: String?

    @Option(help: ArgumentHelp("Partitions of a topic that is made.", valueName: "n"))
    var partitions: Int32 = 1

    @Flag(help: "Leave a topic that was made where it is.")
    var keep = false

    /// - Throws: `CommandFailure` of status `usage`.
    func check() throws(CommandFailure) {
        guard partitions > 0 else { throw .usage("--partitions is a number from 1") }
        guard option == nil || argument == nil else {
            throw .usage("two topics given, \(argument ?? "") and \(option ?? "")")
        }
        guard option != "", argument != "" else { throw .usage("a topic's name is not empty") }
    }

    /// The name given, else one that nobody else has.
    var name: String {
        option ?? argument ?? "skafka-bench-" + String(UInt32.random(in: .min ... .max), radix: 36)
    }
}

/// How a load is sent.
struct BenchSendOptions: ParsableArguments {
    @Option(
        name: [.customLong("size"), .customLong("record-size")],
        help: ArgumentHelp("Bytes of a value, or a range.", valueName: "bytes|from-to"))
    var sizes = RecordSizes(100...100)

    @Option(
        help: ArgumentHelp("Percent of each value that repeats, for codecs.", valueName: "percent"))
    var compressible = 0

    @Option(
        parsing: .unconditional,
        help: "When a record counts as delivered: 0, 1 or all. (default: all)")
    var acks: ProducerConfiguration.Acks?

    @Option(
        name: [.customShort("z", allowingJoined: true), .customLong("compression")],
        help: ArgumentHelp(
            "none, gzip, snappy, lz4 or zstd, with :LEVEL if wanted.", valueName: "codec"))
    var compression: Compression?

    @Option(
        help: ArgumentHelp("How long a batch waits for more records.", valueName: "duration"))
    var linger: DurationText?

    @Option(help: ArgumentHelp("Largest batch, before compression.", valueName: "bytes"))
    var batchSize: Int?

    @Option(
        name: .customLong("producer-props"), parsing: .upToNextOption,
        help: ArgumentHelp("Settings, as -X.", valueName: "key=value"), completion: .settings)
    var properties: [String] = []

    @Option(
        name: .customLong("producer.config"),
        help: ArgumentHelp("Settings from a .properties file, as -F.", valueName: "file"),
        completion: .file())
    var propertiesFile: String?

    /// All settings of the load, by precedence.
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    func settings(_ global: GlobalOptions) throws(CommandFailure) -> ClientSettings {
        var global = global
        global.settingsFile = global.settingsFile ?? propertiesFile
        global.settings = properties + global.settings
        var settings = try ClientSettings.load(global)
        if let acks { settings.producer.acks = acks }
        if let compression { settings.producer.compression = compression }
        if let linger { settings.producer.lingerMs = linger.clampedMilliseconds }
        if let batchSize {
            guard batchSize > 0 else { throw .usage("--batch-size takes a number of bytes") }
            settings.producer.batchBytes = batchSize
        }
        guard (0...100).contains(compressible) else {
            throw .usage("--compressible takes a number from 0 to 100")
        }
        guard
            sizes.range.upperBound + BenchSendOptions.overheadBytes
                <= min(settings.producer.maxRequestBytes, settings.producer.bufferBytes)
        else {
            throw .usage(
                "records of \(sizes.range.upperBound) bytes do not fit the producer's buffer")
        }
        return settings
    }

    /// What a batch of one record adds to its value, with room to spare.
    private static let overheadBytes = 1024
}
