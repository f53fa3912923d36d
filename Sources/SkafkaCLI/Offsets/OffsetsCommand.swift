internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka offsets`
struct OffsetsCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "offsets",
        abstract: "Look up offsets of partitions.",
        discussion: Help.examples(
            """
            skafka offsets get orders                       where each partition ends
            skafka offsets get orders --time 2024-03-01     the first record of a day
            """),
        subcommands: [OffsetsGetCommand.self])
}

/// `skafka offsets get`
struct OffsetsGetCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", _superCommandName: "skafka offsets",
        abstract: "Offsets of partitions, at the end or by time.",
        usage: "skafka offsets get TOPIC… [options]",
        discussion: Help.examples(
            """
            skafka offsets get orders
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

    func execute(in context: CommandContext) async throws {
        let names = try topics.required(by: "offsets get")
        let spec = try spec(nowMs: context.clock.nowMs)
        let list = try partitions.map { try PartitionList.parse($0) }
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await PartitionChoice.known(names, session.client)
        var failures = found.failures
        let partitions = try PartitionChoice.resolve(found.topics, list)
        let results = try await session.client.listOffsets(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, spec) }))
        var rows: [(partition: TopicPartition, offset: ListedOffset)] = []
        for partition in partitions {
            switch results[partition] {
            case .success(let offset)?: rows.append((partition, offset))
            case .failure(let error)?: failures.append(CommandFailure(error))
            case nil: continue
            }
        }
        // What there is first; a document of JSON even when nothing is.
        if !rows.isEmpty || failures.isEmpty || global.style == .json {
            try show(rows, context.makeOutput())
        }
        for failure in failures { context.complain(failure.message) }
        if let failure = failures.first { throw CommandFailure.reported(failure.status) }
    }

    private func spec(nowMs: Int64) throws -> OffsetSpec {
        switch time {
        case "earliest", "beginning": return .earliest
        case "latest", "end": return .latest
        case "max-timestamp": return .maxTimestamp
        default:
            guard let spec = TimeSpec(time) else {
                throw CommandFailure.usage(
                    """
                    '\(time)' is no time; write earliest, latest, max-timestamp, ms, a date or -90m
                    """)
            }
            return .timestamp(max(0, spec.milliseconds(nowMs: nowMs)))
        }
    }

    private func show(
        _ rows: [(partition: TopicPartition, offset: ListedOffset)], _ output: OutputBuffer
    ) throws {
        if global.style == .json {
            var json = JSONWriter(output)
            json.beginArray()
            for (partition, offset) in rows {
                json.beginObject()
                json.field("topic", partition.topic)
                json.field("partition", partition.partition)
                json.name("offset")
                if let offset = offset.offset { json.integer(offset) } else { json.null() }
                json.name("timestamp")
                if let time = offset.timestampMs { json.integer(time) } else { json.null() }
                json.endObject()
            }
            json.endArray()
            json.endLine()
        } else {
            var table = Table([
                .init("TOPIC"), .init("PARTITION", .right), .init("OFFSET", .right),
            ])
            for (partition, offset) in rows {
                table.add([
                    partition.topic, "\(partition.partition)", offset.offset.map { "\($0)" } ?? "",
                ])
            }
            if global.style == .plain {
                table.appendPlain(to: output)
            } else {
                table.appendHuman(to: output)
            }
        }
        try output.flush()
    }
}
