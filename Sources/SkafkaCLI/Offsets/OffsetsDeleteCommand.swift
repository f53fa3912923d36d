internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka offsets delete`
struct OffsetsDeleteCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", _superCommandName: "skafka offsets",
        abstract: "Delete offsets of a group.",
        usage: "skafka offsets delete GROUP --topic T… [options]",
        discussion: Help.examples(
            """
            skafka offsets delete billing --topic orders
            skafka offsets delete billing --topic orders:0,1 --topic users --yes
            """,
            """
            Topics that members of the group read keep their offsets. On a terminal it asks before.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var groups: GroupArguments

    @OptionGroup var topics: TopicChoiceArguments

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Only show what would be deleted.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let names = try groups.required(by: "offsets delete")
        guard names.count == 1, let group = names.first else {
            throw CommandFailure.usage("one group at a time; topics are given by --topic")
        }
        guard !topics.options.isEmpty else {
            throw CommandFailure.usage("no topic given; write --topic TOPIC[:0,1]")
        }
        let choices = try topics.choices()
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        let committed = try await committed(group, client)
        let (partitions, failures) = OffsetsDeleteCommand.choose(choices, group, committed)
        var errors: [TopicPartition: KafkaError?] = [:]
        if !dryRun, !partitions.isEmpty {
            try Confirmation(isGiven: yes, context: context).ask(
                "delete \(Counted.text(partitions.count, "offset")) of group \(group)")
            errors = try await client.deleteGroupOffsets(group, partitions)
        }
        let verb = dryRun ? "would delete" : "deleted"
        let outcomes = Outcomes(
            items: partitions.map { partition in
                Outcomes.Item(
                    key: [
                        ("GROUP", "group", .text(group)),
                        ("TOPIC", "topic", .text(partition.topic)),
                        ("PARTITION", "partition", .int(partition.partition)),
                    ], sentence: "\(verb) the offset of \(partition) in group \(group)",
                    error: (errors[partition] ?? nil).map(OffsetsDeleteCommand.explained))
            })
        for failure in failures { context.complain(failure.message) }
        try await outcomes.report(global, context, client, isDryRun: dryRun)
        if let first = failures.first { throw CommandFailure.reported(first.status) }
    }

    /// What the group has; a group that there is not is told from one without offsets.
    private func committed(
        _ group: String, _ client: KafkaClient
    ) async throws -> [TopicPartition: Int64] {
        let (offsets, errors) = try await GroupReport.offsets([group], client)
        if let error = errors.first { throw error }
        let committed = (offsets[group] ?? [:]).mapValues(\.offset)
        if committed.isEmpty,
            case .failure(let error)? = try await client.describeGroups([group])[
                group], error.kind == .unknownGroup(group)
        {
            throw await NameHints.failures([error], client).first ?? CommandFailure(error)
        }
        return committed
    }

    /// The offsets that are there of what is named; the rest is named again.
    static func choose(
        _ choices: [TopicChoice], _ group: String, _ committed: [TopicPartition: Int64]
    ) -> (partitions: [TopicPartition], failures: [CommandFailure]) {
        var partitions: Set<TopicPartition> = []
        var failures: [CommandFailure] = []
        for choice in choices {
            let own = committed.keys.filter { choice.holds($0) }
            partitions.formUnion(own)
            if own.isEmpty {
                let near = NearestName.of(
                    choice.topic, among: Set(committed.keys.map(\.topic)).sorted())
                failures.append(
                    .failed(
                        "group \(group) has no offset of topic \(choice.topic)"
                            + (near.map { $0 == choice.topic ? "" : "; did you mean \($0)?" }
                                ?? "")))
            }
            for number in choice.partitions?.partitions ?? [] {
                let partition = TopicPartition(topic: choice.topic, partition: number)
                if !own.isEmpty, committed[partition] == nil {
                    failures.append(.failed("group \(group) has no offset of \(partition)"))
                }
            }
        }
        return (partitions.sorted(), failures)
    }

    private static func explained(_ error: KafkaError) -> KafkaError {
        guard error.errorCode == .groupSubscribedToTopic else { return error }
        var error = error
        error.message += "; members read it, stop them first"
        return error
    }
}
