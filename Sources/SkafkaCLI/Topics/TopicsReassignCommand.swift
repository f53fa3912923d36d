internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka topics reassign`
struct TopicsReassignCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "reassign", _superCommandName: "skafka topics",
        abstract: "Move partitions to other brokers, or show which are on their way.",
        usage: "skafka topics reassign [TOPIC[:0,1]…] [--replicas 1,2,3|--cancel] [options]",
        discussion: Help.examples(
            """
            skafka topics reassign                             what is on its way
            skafka topics reassign orders:0 --replicas 1,2,3   the first is to lead
            skafka topics reassign orders --cancel
            """, "The move goes on after the command has ended."))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var topics: TopicArguments

    @Option(help: ArgumentHelp("The brokers that are to hold them.", valueName: "ids"))
    var replicas: String?

    @Flag(help: "Stop what is on its way.")
    var cancel = false

    @Flag(help: "Only show what would be moved.")
    var dryRun = false

    private struct Row {
        var partition: TopicPartition
        var reassignment: PartitionReassignment
    }

    func execute(in context: CommandContext) async throws {
        guard replicas == nil || !cancel else {
            throw CommandFailure.usage("--replicas and --cancel exclude each other")
        }
        let brokers = try replicas.map { try TopicsReassignCommand.brokers($0) }
        let changes = brokers != nil || cancel
        let names = changes ? try topics.required(by: "topics reassign") : topics.names
        let choices = try names.map { text throws(CommandFailure) in try TopicChoice(text) }
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        let chosen = try await TopicChoice.resolve(choices, client)
        if changes {
            let outcomes = try await move(chosen.partitions, to: brokers, client)
            for failure in chosen.failures { context.complain(failure.message) }
            try await outcomes.report(global, context, client, isDryRun: dryRun)
        } else {
            try context.show(
                try await list(choices.isEmpty ? nil : chosen.partitions, client),
                TopicsReassignCommand.layout, global.style)
            for failure in chosen.failures { context.complain(failure.message) }
        }
        if let first = chosen.failures.first { throw CommandFailure.reported(first.status) }
    }

    private func list(
        _ partitions: [TopicPartition]?, _ client: KafkaClient
    ) async throws -> [Row] {
        if partitions?.isEmpty == true { return [] }
        return try await client.listReassignments(of: partitions).sorted { $0.key < $1.key }
            .map { Row(partition: $0.key, reassignment: $0.value) }
    }

    /// - Parameter brokers: nil stops what is on its way.
    private func move(
        _ partitions: [TopicPartition], to brokers: [Int32]?, _ client: KafkaClient
    ) async throws -> Outcomes {
        var errors: [TopicPartition: KafkaError?] = [:]
        if !dryRun, !partitions.isEmpty {
            errors = try await client.alterReassignments(
                Dictionary(uniqueKeysWithValues: partitions.map { ($0, brokers) }))
        }
        let list = (brokers ?? []).map { "\($0)" }.joined(separator: ",")
        return Outcomes(
            items: partitions.map { partition in
                let sentence =
                    brokers == nil
                    ? "\(dryRun ? "would stop" : "stopped") the move of \(partition)"
                    : "\(dryRun ? "would move" : "moving") \(partition) to \(list)"
                return Outcomes.Item(
                    key: [
                        ("TOPIC", "topic", .text(partition.topic)),
                        ("PARTITION", "partition", .int(partition.partition)),
                    ], sentence: sentence, error: errors[partition] ?? nil)
            })
    }

    /// `1,2,3`: in their order, each once.
    static func brokers(_ text: String) throws(CommandFailure) -> [Int32] {
        var brokers: [Int32] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let id = Int32(part), id >= 0, !brokers.contains(id) else {
                throw .usage("'\(text)' is no list of brokers; write 1,2,3")
            }
            brokers.append(id)
        }
        return brokers
    }

    private static var layout: RowLayout<Row> {
        let list = { (brokers: [Int32]) in Cell.list(brokers.map { .int($0) }) }
        return RowLayout(columns: [
            .text("TOPIC", "topic") { .text($0.partition.topic) },
            .number("PARTITION", "partition") { .int($0.partition.partition) },
            .text("REPLICAS", "replicas") { list($0.reassignment.replicas) },
            .text("ADDING", "adding") { list($0.reassignment.addingReplicas) },
            .text("REMOVING", "removing") { list($0.reassignment.removingReplicas) },
        ])
    }
}
