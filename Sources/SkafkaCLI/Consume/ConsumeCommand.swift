internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka consume`
struct ConsumeCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "consume", _superCommandName: "skafka",
        abstract: "Read records, to standard output.",
        usage: "skafka consume TOPIC… [options]",
        discussion: Help.examples(
            """
            skafka consume logs                        what comes from now on
            skafka consume logs -e                     all there is, then end
            skafka consume logs -o -10 -e              the last ten of each partition
            skafka consume logs -o @-1h:end            the last hour
            skafka consume logs -o 100:200 -p 0        offsets 100 to 199
            skafka consume logs -c 1 -J | jq .         one record as JSON
            skafka consume logs -f '%t-%p %o %k %v\\n'  with a format
            skafka consume jobs -g workers             share the work, go on where it ended
            skafka consume -r 'log-.*' --filter 'value~ERROR'
            """,
            """
            Offsets: beginning, end, stored, N, -N (the last N records of each partition), \
            @TIME, and ranges FROM:TO up to the record before TO, or to the end as it is at the \
            start if that comes first. TIME: ms since 1970, RFC 3339 or a date (UTC), or back from \
            now (-90m).
            With -g they say where to begin in partitions for which the group has committed \
            nothing. Offsets are committed after the records were written.
            Expressions (~RE, -r) are RE2's, without look-around; -r takes whole names, ~ any part.
            --plain: topic, partition, offset, timestamp, headers, key, value, with tabs between \
            them and escapes as below; - for null and what is empty.
            Format tokens: %t topic, %p partition, %o offset, %k key, %v (or %s) value, %K and %V \
            their lengths, %T timestamp in ms, %d time (%d{strftime[%F %T]} in local time), \
            %h headers, %e leader epoch, %%. %v{hex}, %v{base64}, %v{json}; %V{big32} and the like \
            are binary. Escapes: \\n \\t \\r \\0 \\\\ \\xHH.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A topic, as the arguments are; repeatable.", valueName: "name"),
        completion: .topics)
    var topicOptions: [String] = []

    @Argument(help: ArgumentHelp("The topics.", valueName: "topic"), completion: .topics)
    var topicArguments: [String] = []

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("offset")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Where to begin, or a range. (default: beginning with -e, else end; with -g, stored)",
            valueName: "spec"))
    var offsets: [String] = []

    @Flag(name: [.customShort("e"), .customLong("exit")], help: "End where the end is now.")
    var exitsAtEnd = false

    @Option(
        name: [
            .customShort("c", allowingJoined: true), .customShort("n", allowingJoined: true),
            .customLong("max-messages"),
        ],
        help: ArgumentHelp("End after so many records.", valueName: "n"))
    var maxMessages: Int?

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("partition")],
        help: ArgumentHelp("Partitions, as 0,2-4. (default: all)", valueName: "list"))
    var partitions: String?

    @Option(
        name: [.customShort("g", allowingJoined: true), .customLong("group")],
        help: ArgumentHelp("Join a group, and commit what was printed.", valueName: "group"),
        completion: .groups)
    var group: String?

    @Flag(name: .shortAndLong, help: "Topics are regular expressions; with -g also later ones.")
    var regex = false

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("format")],
        parsing: .unconditional,
        help: ArgumentHelp("How a record is printed. (default: %v\\n)", valueName: "fmt"))
    var format: String?

    @Option(
        name: [.customShort("K", allowingJoined: true), .customLong("key-delimiter")],
        parsing: .unconditional,
        help: ArgumentHelp("Print keys, with this behind them.", valueName: "str"))
    var keyDelimiter: String?

    @Option(
        name: [.customShort("D", allowingJoined: true), .customLong("delimiter")],
        parsing: .unconditional,
        help: ArgumentHelp("What ends a record. (default: \\n)", valueName: "str"))
    var delimiter: String?

    @Flag(name: [.customShort("Z"), .customLong("null")], help: "Print null as NULL.")
    var showsNull = false

    @Flag(name: .customShort("J"), help: "JSON Lines (also --json).")
    var jsonLines = false

    @Option(help: "utf8, hex, base64 or json.")
    var keyEncoding = ByteEncoding.utf8

    @Option(help: "utf8, hex, base64 or json.")
    var valueEncoding = ByteEncoding.utf8

    @Option(help: "read_committed or read_uncommitted. (default: read_committed)")
    var isolationLevel: IsolationLevel?

    @Option(
        name: .customLong("filter"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Show records alone that fit: key=TEXT, value~RE, header.NAME=TEXT; repeatable.",
            valueName: "test"))
    var filters: [String] = []

    @Option(
        help: ArgumentHelp("End when nothing came for so long.", valueName: "duration"))
    var idleTimeout: DurationText?

    @Flag(name: [.customShort("u"), .customLong("unbuffered")], help: "Write each record at once.")
    var unbuffered = false

    @Flag(help: "Show transactions' markers too.")
    var printControl = false

    @OptionGroup(visibility: .hidden) var console: ConsoleConsumerOptions

    func execute(in context: CommandContext) async throws {
        let plan = try ConsumePlan(self, isTerminal: context.isOutputTerminal)
        if plan.group == nil {
            try await ConsumeRun(plan, context).run()
        } else {
            try await GroupConsumeRun(plan, context).run()
        }
    }
}
