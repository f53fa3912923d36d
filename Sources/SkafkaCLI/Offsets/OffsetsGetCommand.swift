internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka offsets get`
struct OffsetsGetCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", _superCommandName: "skafka offsets",
        abstract: "Offsets of partitions, at the end or by time.",
        usage: "skafka offsets get [TOPIC…] [options]",
        discussion: Help.examples(
            """
            skafka offsets get orders
            skafka offsets get                       of all topics
            skafka offsets get orders --time earliest -p 0,2-4
            skafka offsets get orders --time -90m
            skafka offsets get orders --time max-timestamp --json
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "earliest, latest, max-timestamp, or a time: ms, RFC 3339, a date, -90m.",
            valueName: "time"))
    var time = "latest"

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("partition")],
        help: ArgumentHelp("Partitions, as 0,2-4. (default: all)", valueName: "list"))
    var partitions: String?

    /// As Kafka's tool has it: `orders:0-2,logs-.*:-5`.
    @Option(parsing: .unconditional, help: .hidden)
    var topicPartitions: String?

    func execute(in context: CommandContext) async throws {
        let names = topics.names
        guard !names.contains("") else { throw CommandFailure.usage("a topic's name is not empty") }
        let patterns = try topicPartitions.map { text throws(CommandFailure) in
            try TopicPartitionPatterns(text)
        }
        guard patterns == nil || (names.isEmpty && partitions == nil) else {
            throw CommandFailure.usage("--topic-partitions excludes topics and partitions")
        }
        let spec = try spec(nowMs: context.clock.nowMs)
        let list = try partitions.map { try PartitionList.parse($0) }
        let session = try await Session.open(global, .load(global), in: context)
        var failures: [CommandFailure] = []
        let partitions: [TopicPartition]
        if names.isEmpty {
            let all = try await session.client.listTopics().filter {
                $0.error == nil && !$0.isInternal
            }
            // Not every topic has all of a list's partitions.
            partitions = try PartitionChoice.resolve(all, nil).filter { partition in
                (list?.partitions.contains(partition.partition) ?? true)
                    && (patterns?.hold(partition) ?? true)
            }
            guard !partitions.isEmpty || (list == nil && patterns == nil) else {
                throw CommandFailure.failed("no partition fits; see 'skafka topics describe'")
            }
        } else {
            let found = try await PartitionChoice.known(names, session.client)
            failures = found.failures
            partitions = try PartitionChoice.resolve(found.topics, list)
        }
        let results = try await session.client.listOffsets(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, spec) }))
        var rows: [Row] = []
        for partition in partitions {
            switch results[partition] {
            case .success(let offset)?: rows.append((partition, offset))
            case .failure(let error)?: failures.append(CommandFailure(error))
            case nil: continue
            }
        }
        // What there is first; a document of JSON even when nothing is.
        if !rows.isEmpty || failures.isEmpty || global.style == .json {
            try context.show(rows, OffsetsGetCommand.layout, global.style)
        }
        try context.complain(of: failures)
    }

    private func spec(nowMs: Int64) throws -> OffsetSpec {
        switch time {
        // The numbers are those of Kafka's tool; `@` may stand in front as in `consume -o`.
        case "earliest", "beginning", "-2": return .earliest
        case "latest", "end", "-1": return .latest
        case "max-timestamp", "-3": return .maxTimestamp
        default:
            guard let spec = TimeSpec(time.drop { $0 == "@" }) else {
                throw CommandFailure.usage(
                    """
                    '\(time)' is no time; write earliest, latest, max-timestamp, ms, a date or -90m
                    """)
            }
            return .timestamp(max(0, spec.milliseconds(nowMs: nowMs)))
        }
    }

    private typealias Row = (partition: TopicPartition, offset: ListedOffset)

    private static var layout: RowLayout<Row> {
        RowLayout(columns: [
            .text("TOPIC", "topic") { .text($0.partition.topic) },
            .number("PARTITION", "partition") { .int($0.partition.partition) },
            .number("OFFSET", "offset") { .optional($0.offset.offset) },
            .number(nil, "timestamp") { .optional($0.offset.timestampMs) },
        ])
    }
}
