internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka quotas alter`
struct QuotasAlterCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "alter", _superCommandName: "skafka quotas",
        abstract: "Set quotas, or take them away.",
        usage: "skafka quotas alter [--user U] [--client-id C] [--ip A] -c K=V [options]",
        discussion: Help.examples(
            """
            skafka quotas alter --client-id importer -c producer_byte_rate=1048576
            skafka quotas alter --user default --delete-config consumer_byte_rate
            skafka quotas alter --ip 10.0.0.1 -c connection_creation_rate=5 --dry-run
            """,
            """
            Quotas: \(knownKeys.joined(separator: ", ")).
            """))

    private static let knownKeys = [
        "producer_byte_rate", "consumer_byte_rate", "request_percentage",
        "controller_mutation_rate", "connection_creation_rate",
    ]

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var entity: QuotaEntityArguments

    @Option(
        name: [
            .customShort("c", allowingJoined: true), .customLong("config"),
            .customLong("add-config"),
        ],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A quota and its value; repeatable.", valueName: "key=value"))
    var configs: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Quotas that are taken away; repeatable.", valueName: "key,…"))
    var deleteConfig: [String] = []

    @Flag(help: "Only check whether it could be done.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let entity = QuotaEntity(try entity.parts())
        guard !entity.parts.isEmpty else {
            throw CommandFailure.usage("nobody named; give --user, --client-id or --ip")
        }
        let changes = try changes()
        let session = try await Session.open(global, .load(global), in: context)
        let errors = try await session.client.alterClientQuotas(
            [entity: changes], validateOnly: dryRun)
        let verb = dryRun ? "can change" : "changed"
        let item = Outcomes.Item(
            key: [("ENTITY", "entity", .text(entity.text))],
            sentence: "\(verb) quotas of \(entity.text)", error: errors[entity] ?? nil)
        try await Outcomes(items: [item]).report(
            global, context, session.client, isDryRun: dryRun)
    }

    /// - Throws: `CommandFailure` of status `usage`.
    private func changes() throws(CommandFailure) -> [QuotaChange] {
        let changes = try ConfigChanges.parse(set: [], addConfig: configs, delete: deleteConfig)
        guard !changes.isEmpty else {
            throw .usage("nothing to change; give -c or --delete-config")
        }
        var result: [QuotaChange] = []
        for change in changes {
            guard QuotasAlterCommand.knownKeys.contains(change.name) else {
                let near = NearestName.of(change.name, among: QuotasAlterCommand.knownKeys)
                throw .usage(
                    "unknown quota \(change.name)" + (near.map { "; did you mean \($0)?" } ?? ""))
            }
            var value: Double?
            if let text = change.value {
                guard let number = Double(text), number.isFinite, number >= 0 else {
                    throw .usage("'\(text)' is no value of \(change.name); write a number")
                }
                value = number
            }
            result.append(QuotaChange(key: change.name, value: value))
        }
        return result
    }
}
