internal import ArgumentParser
internal import KafkaRecords

/// `skafka copy`
struct CopyCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", _superCommandName: "skafka",
        abstract: "Copy topics within or between clusters.",
        usage: "skafka copy TOPIC [DESTINATION] [options]",
        discussion: Help.examples(
            """
            skafka copy orders orders-backup                   within a cluster
            skafka copy orders --to-bootstrap-server new:9092  to another one, same name
            skafka copy -t a -t b --rename 'old.%t' --to-data-dir ./archive
            skafka copy -r 'orders[.].*' --to-bootstrap-server new:9092 -g migration --follow
            skafka copy orders totals --transactional-id c1    each record exactly once
            skafka copy orders sample -o @-1h:end              the last hour
            """,
            """
            Keys, values, headers, timestamps, partitions and the order in them are kept; offsets \
            are not. A destination that is not there is made with the source's partitions and \
            settings. Without --follow, the copy ends at the end as it is at the start.

            -g keeps how far the copy has come as a group's offsets in the source's cluster, so \
            that it can be interrupted and goes on there; what was copied last may come twice \
            after a crash. With --transactional-id the offsets are kept in the destination's \
            cluster and committed with the records: no record is lost or there twice, whatever \
            happens.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup(title: "Second cluster") var other: OtherCluster

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A topic to copy; repeatable.", valueName: "name"),
        completion: .topics)
    var topicOptions: [String] = []

    @Argument(
        help: ArgumentHelp("The topic, then its name there.", valueName: "topic"),
        completion: .topics)
    var words: [String] = []

    @Flag(name: .shortAndLong, help: "Topics are regular expressions, taken once at the start.")
    var regex = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The name of each topic at the destination, %t for its own.", valueName: "name"))
    var rename: String?

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("partition")],
        help: ArgumentHelp("Partitions to copy, as 0,2-4. (default: all)", valueName: "list"))
    var partitions: String?

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("offset")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Where to begin, or a range, as in consume. (default: beginning)", valueName: "spec"))
    var offsets: [String] = []

    @Flag(help: "Go on with what comes, until interrupted.")
    var follow = false

    @Option(
        name: [.customShort("g", allowingJoined: true), .long],
        help: ArgumentHelp("Keep how far the copy has come under this name.", valueName: "name"),
        completion: .groups)
    var group: String?

    @Option(help: ArgumentHelp("Copy in transactions, exactly once.", valueName: "id"))
    var transactionalId: String?

    @Flag(help: "Place records by their keys, not in the partition that they come from.")
    var repartition = false

    @Option(
        name: .customLong("partitions"),
        help: ArgumentHelp("Partitions of a topic that is made.", valueName: "n"))
    var partitionCount: Int32?

    @Option(
        help: ArgumentHelp("Replicas of a topic that is made.", valueName: "n"))
    var replicationFactor: Int16?

    @Option(
        name: [.customShort("c", allowingJoined: true), .customLong("config")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A setting of a topic that is made, besides the source's; repeatable.",
            valueName: "key=value"),
        completion: .topicSettings)
    var configs: [String] = []

    @Flag(help: "Fail where the destination is not there.")
    var noCreate = false

    @Option(
        name: [.customShort("z", allowingJoined: true), .customLong("compression")],
        help: ArgumentHelp(
            "none, gzip, snappy, lz4 or zstd, with :LEVEL if wanted.", valueName: "codec"))
    var compression: Compression?

    @Flag(help: "Only say what would be copied.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        try await CopyRun(CopyPlan(self), context).run()
    }
}
