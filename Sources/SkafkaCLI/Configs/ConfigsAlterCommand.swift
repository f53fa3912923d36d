internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka configs alter`
struct ConfigsAlterCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "alter", _superCommandName: "skafka configs",
        abstract: "Change settings while the cluster runs.",
        usage: "skafka configs alter [topic|broker|group|client-metrics] NAME… [options]",
        discussion: Help.examples(
            """
            skafka configs alter topic orders -c retention.ms=86400000
            skafka configs alter topic orders --delete-config retention.ms
            skafka configs alter broker 0 -c log.cleaner.threads=2 --dry-run
            skafka configs alter broker default -c log.retention.ms=3600000
            skafka configs alter topic orders --append cleanup.policy=compact
            """, "Settings that are not named stay as they are."))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var resources: ConfigResourceArguments

    @Option(
        name: [.customShort("c", allowingJoined: true), .customLong("config")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A setting and its value; repeatable.", valueName: "key=value"),
        completion: .topicSettings)
    var configs: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Settings that get their defaults again; repeatable.", valueName: "key,…"),
        completion: .topicSettingNames)
    var deleteConfig: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Adds to a list; repeatable.", valueName: "key=value"),
        completion: .topicSettings)
    var append: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Takes from a list; repeatable.", valueName: "key=value"),
        completion: .topicSettings)
    var subtract: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Settings as kafka-configs has them, a=1,b=[x,y].", valueName: "key=value,…"))
    var addConfig: [String] = []

    @Option(
        help: ArgumentHelp("Settings from a .properties file.", visibility: .hidden),
        completion: .file())
    var addConfigFile: String?

    @Flag(help: "Only check whether it could be done.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let choice = try resources.choice()
        guard choice.wholeKinds.isEmpty, !choice.resources.isEmpty else {
            throw CommandFailure.usage("nothing named; write topic NAME or broker ID")
        }
        let fromFile = try addConfigFile.map { path throws(CommandFailure) in
            try PropertiesFile.load(path).map { "\($0.key)=\($0.value)" }
        }
        let changes = try ConfigChanges.parse(
            set: configs + (fromFile ?? []), addConfig: addConfig, delete: deleteConfig,
            append: append,
            subtract: subtract)
        guard !changes.isEmpty else {
            throw CommandFailure.usage(
                "nothing to change; give -c, --delete-config, --append or --subtract")
        }
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        let resources = try await choice.resolve(client)
        let removals = try await ConfigRemovals(changes, of: resources, client)
        let willing = resources.filter { removals.errors[$0] == nil }
        var errors = try await client.alterConfigs(
            Dictionary(uniqueKeysWithValues: willing.map { ($0, changes) }),
            validateOnly: dryRun)
        for (resource, error) in removals.errors { errors[resource] = error }
        if !global.quiet { removals.notes.forEach(context.complain) }
        let verb = dryRun ? "can change" : "changed"
        var items: [Outcomes.Item] = []
        for resource in resources {
            var error = errors[resource] ?? nil
            if let refused = error {
                error = await SettingHints.explained(
                    refused, changes.map(\.name), resource, client)
            }
            items.append(
                Outcomes.Item(
                    key: [
                        ("KIND", "kind", .text(resource.kind.word)),
                        ("NAME", "name", .text(resource.word)),
                    ], sentence: "\(verb) \(resource)", error: error))
        }
        try await Outcomes(items: items).report(
            global, context, client, isDryRun: dryRun)
    }
}
