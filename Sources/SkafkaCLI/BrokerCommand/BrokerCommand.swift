internal import ArgumentParser
internal import KafkaBroker

/// `skafka broker`
struct BrokerCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker", _superCommandName: "skafka",
        abstract: "The embedded broker, as a server or around a command.",
        usage: "skafka broker [options] [-- COMMAND…]",
        discussion: Help.examples(
            """
            skafka broker                                        127.0.0.1:9092
            skafka broker -d /var/lib/skafka --listen 0.0.0.0:9092 --advertise kafka.lan:9092
            skafka broker --topic orders:4 -X log.retention.ms=3600000
            skafka broker --ephemeral --listen 127.0.0.1:0 -- pytest
            skafka broker --listen SASL_SSL://0.0.0.0:9093 --config server.properties
            """,
            """
            The first line of output is BOOTSTRAP_SERVERS=HOST:PORT once it answers. Around a \
            command, SKAFKA_BOOTSTRAP_SERVERS and KAFKA_BOOTSTRAP_SERVERS are set, and its exit \
            code is this one's. Logs go to standard error, with --json as an object a line; \
            -v says more. -X takes the broker's settings. Commands with -d on the \
            same directory use this broker. Listeners are PLAINTEXT, SSL (set \
            ssl.keystore.location), SASL_PLAINTEXT or SASL_SSL ('skafka users create' adds \
            users); where they differ, further lines BOOTSTRAP_SERVERS_LISTENER=HOST:PORT follow \
            the first.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Where to listen; port 0 picks one; repeatable. (default: 127.0.0.1:9092)",
            valueName: "[protocol://]host:port"))
    var listen: [String] = []

    @Option(
        help: ArgumentHelp(
            "What clients are told to connect to. (default: where it listens)",
            valueName: "[listener://]host:port,…"))
    var advertise: String?

    @Flag(help: "A temporary data directory, removed at the end.")
    var ephemeral = false

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A topic to make unless it is there; repeatable.", valueName: "name[:partitions]"))
    var topics: [String] = []

    @Option(
        help: ArgumentHelp(
            "Whether using a topic makes it. (default: true)", valueName: "true|false"))
    var autoCreateTopics: Bool?

    @Option(help: "never, interval, acks-all or every-batch. (default: acks-all)")
    var sync: SyncPolicy?

    @Option(
        help: ArgumentHelp("Settings from a .properties file.", valueName: "file"),
        completion: .file())
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Where Prometheus finds metrics, at /metrics; port 0 picks one.",
            valueName: "host:port"))
    var metrics: String?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("A command to run with the broker.", valueName: "command"))
    var command: [String] = []

    func execute(in context: CommandContext) async throws {
        let plan = try BrokerPlan(self, environment: context.environment)
        try await BrokerRun(plan, context).run()
    }
}
