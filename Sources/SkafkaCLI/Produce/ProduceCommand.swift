internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient
internal import KafkaRecords

/// What `produce` does about an input record it cannot read or a record not delivered.
enum ErrorPolicy: String, CaseIterable, ExpressibleByArgument, Sendable {
    case stop
    case `continue`
}

/// `skafka produce`
struct ProduceCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "produce", _superCommandName: "skafka",
        abstract: "Write records to a topic, one a line of standard input by default.",
        usage: "skafka produce TOPIC [FILE…] [options]",
        discussion: Help.examples(
            """
            echo hello | skafka produce greetings
            tail -f app.log | skafka produce logs         no delay when the input pauses
            skafka produce orders -K: < orders.txt        key:value lines
            skafka produce photos cat.jpg dog.jpg         each file is a record
            skafka produce logs -l -z zstd *.log          each line of the files
            skafka produce pay --transactional-id p < in   all of the input, or nothing
            skafka produce load -l --rate 100 sample.txt  100 records a second
            skafka consume a -e -J | skafka produce b -J  copy a topic without loss
            skafka produce users -k 42 -Z < /dev/null     nothing: no line, no record
            echo | skafka produce users -k 42 -Z          a tombstone
            """,
            """
            Escapes in -D and -K: \\n \\t \\r \\0 \\\\ \\xHH. A line without the key delimiter has \
            a null key. An empty line is a record.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        name: [.customShort("t", allowingJoined: true), .long],
        help: ArgumentHelp("The topic, in place of the argument.", valueName: "name"),
        completion: .topics)
    var topic: String?

    @Argument(
        help: ArgumentHelp("The topic, then files to read.", valueName: "topic file"),
        completion: .topicThenFiles)
    var words: [String] = []

    @Option(
        name: [.customShort("k", allowingJoined: true), .long], parsing: .unconditional,
        help: "One key for all records.")
    var key: String?

    @Option(
        name: [.customShort("K", allowingJoined: true), .customLong("key-delimiter")],
        parsing: .unconditional,
        help: ArgumentHelp("What stands between key and value in a line.", valueName: "str"))
    var keyDelimiter: String?

    @Option(
        name: [.customShort("D", allowingJoined: true), .customLong("delimiter")],
        parsing: .unconditional,
        help: ArgumentHelp("What ends a record. (default: \\n)", valueName: "str"))
    var delimiter: String?

    @Option(
        name: [.customShort("H", allowingJoined: true), .customLong("header")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A header for all records; NAME= is empty, NAME alone null; repeatable.",
            valueName: "name=value"))
    var headers: [String] = []

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("partition")],
        parsing: .unconditional,
        help: ArgumentHelp("The partition for all records.", valueName: "n"))
    var partition: Int32?

    @Option(
        name: [
            .customShort("z", allowingJoined: true), .customLong("compression"),
            .customLong("compression-codec"),
        ],
        help: ArgumentHelp(
            "none, gzip, snappy, lz4 or zstd, with :LEVEL if wanted.", valueName: "codec"))
    var compression: Compression?

    @Flag(name: [.customShort("Z"), .customLong("null")], help: "An empty key or value is null.")
    var emptyIsNull = false

    @Flag(name: [.customShort("l"), .customLong("lines")], help: "Files hold a record a line.")
    var lines = false

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("format")],
        parsing: .unconditional,
        help: ArgumentHelp(
            "How a record looks in the input: %k %v %t %p %T %h, %K{big32} for lengths.",
            valueName: "fmt"))
    var format: String?

    @Flag(name: .customShort("J"), help: "Input is JSON Lines, as consume -J prints (also --json).")
    var jsonLines = false

    @Option(help: ArgumentHelp("One timestamp for all records.", valueName: "ms|rfc3339"))
    var timestamp: String?

    @Option(
        name: [.long, .customLong("request-required-acks")], parsing: .unconditional,
        help: "When a record counts as delivered: 0, 1 or all. (default: all)")
    var acks: ProducerConfiguration.Acks?

    @Option(help: "murmur2, random, sticky or consistent. (default: murmur2)")
    var partitioner: Partitioner?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether brokers drop duplicates that repetitions make. (default: on)")
    var idempotent: Bool?

    @Option(
        help: ArgumentHelp(
            "One transaction for the input: committed at its end, aborted if anything fails.",
            valueName: "id"))
    var transactionalId: String?

    @Option(
        help: ArgumentHelp(
            "How long a batch waits for more while input flows. (default: 5ms)",
            valueName: "duration"))
    var linger: DurationText?

    @Option(help: ArgumentHelp("Largest batch, before compression.", valueName: "bytes"))
    var batchSize: Int?

    @Option(help: ArgumentHelp("Records a second at most.", valueName: "n"))
    var rate: Double?

    @Option(
        name: [.customShort("c", allowingJoined: true), .customLong("max-messages")],
        help: ArgumentHelp("End after so many records.", valueName: "n"))
    var maxMessages: Int?

    @Flag(name: [.customShort("T"), .customLong("tee")], help: "Print each record's value too.")
    var tee = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Print a line for each acknowledged record, in consume's format: %t %p %o %k %v ….",
            valueName: "fmt"))
    var report: String?

    @Option(help: "stop or continue after a record that cannot be read or delivered.")
    var onError = ErrorPolicy.stop

    // What Kafka's console producer and kcat have for the same.

    @Option(
        name: [.customLong("property"), .customLong("reader-property")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "parse.key, key.separator, parse.headers … of Kafka's console producer; repeatable.",
            valueName: "name=value"))
    var readerProperties: [String] = []

    @Option(
        help: ArgumentHelp("Properties of that kind from a file.", visibility: .hidden),
        completion: .file())
    var readerConfig: String?

    @Option(
        name: [.customLong("producer-property")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("As -X.", visibility: .hidden))
    var producerProperties: [String] = []

    @Option(
        name: [.customLong("producer.config"), .customLong("producer-config")],
        help: ArgumentHelp("As -F.", visibility: .hidden), completion: .file())
    var producerConfig: String?

    @Flag(help: ArgumentHelp("One record at a time.", visibility: .hidden))
    var sync = false

    @Flag(name: .customShort("P"), help: ArgumentHelp("kcat's mode.", visibility: .hidden))
    var producesAsKcat = false

    /// Whether records come from standard input.
    var readsStandardInput: Bool {
        let files = words.dropFirst(topic == nil ? 1 : 0)
        return files.isEmpty || files.contains("-")
    }

    func execute(in context: CommandContext) async throws {
        let plan = try ProducePlan(self, nowMs: context.clock.nowMs)
        try await ProduceRun(plan, context).run()
    }
}
