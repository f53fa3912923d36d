internal import ArgumentParser

/// `skafka compare`
struct CompareCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", _superCommandName: "skafka",
        abstract: "Compare two topics by key.",
        usage: "skafka compare TOPIC [OTHER] [options]",
        discussion: Help.examples(
            """
            skafka compare orders orders-new                      within a cluster
            skafka compare orders --to-bootstrap-server new:9092  with another one's, same name
            skafka compare users users-copy --last                only what stands under a key now
            skafka compare orders orders-new -o @-1d:end          the last day of both
            skafka compare orders orders-new --json | jq .missing
            skafka compare a b -q && echo the same                by the exit code alone
            """,
            """
            Reports keys that only one topic has (missing, extra), keys with other values \
            (differing), and keys whose values stand in another order (order). Records without a \
            key are compared by their value and number. Partitions and offsets may differ. Exit \
            code 0: the same; 1: they differ.

            Both topics are read once, up to their ends as they are at the start, and once more \
            to name the keys where they differ. What does not fit the memory goes to $TMPDIR, \
            some 64 bytes for each key.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup(title: "Second cluster") var other: OtherCluster

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A topic, as the arguments are; repeatable.", valueName: "name"),
        completion: .topics)
    var topicOptions: [String] = []

    @Argument(help: ArgumentHelp("The two topics.", valueName: "topic"), completion: .topics)
    var words: [String] = []

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("offset")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Where to begin in both, or a range, as in consume. (default: all)",
            valueName: "spec"))
    var offsets: [String] = []

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("partition")],
        help: ArgumentHelp("Partitions, as 0,2-4. (default: all)", valueName: "list"))
    var partitions: String?

    @Flag(help: "Compare the last value of each key; a null value is no key.")
    var last = false

    @Flag(help: "Values may stand in any order under their key.")
    var ignoreOrder = false

    @Flag(help: "Compare headers too.")
    var headers = false

    @Flag(help: "Compare timestamps too.")
    var timestamps = false

    @Option(
        help: ArgumentHelp("Differences that are named; all are counted.", valueName: "n"))
    var maxDifferences = 100

    func execute(in context: CommandContext) async throws {
        try await CompareRun(ComparePlan(self), context).run()
    }
}
