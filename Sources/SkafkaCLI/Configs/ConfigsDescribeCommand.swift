internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka configs describe`
struct ConfigsDescribeCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", _superCommandName: "skafka configs",
        abstract: "Settings with their values and where those come from.",
        usage: "skafka configs describe [topic|broker|group|client-metrics] NAME… [options]",
        discussion: Help.examples(
            """
            skafka configs describe topic orders
            skafka configs describe topic orders --name retention.ms --synonyms
            skafka configs describe broker 0 --dynamic           what was changed while it runs
            skafka configs describe broker default               what holds for all brokers
            """,
            """
            SOURCE says whether a value was set while the cluster runs (DYNAMIC_…), stands in a \
            broker's file (STATIC_BROKER_CONFIG) or is the default. Without names all of the kind \
            are shown.
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var resources: ConfigResourceArguments

    @Flag(help: "Only settings that were set while the cluster runs.")
    var dynamic = false

    @Flag(help: "The values that would be in force otherwise, too.")
    var synonyms = false

    @Option(
        name: .customLong("name"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only this setting; repeatable.", valueName: "setting"),
        completion: .topicSettingNames)
    var names: [String] = []

    /// kafka-configs shows only dynamic ones without it.
    @Flag(help: .hidden)
    var all = false

    func execute(in context: CommandContext) async throws {
        let choice = try resources.choice()
        guard !choice.isEmpty else {
            throw CommandFailure.usage(
                "nothing named; write topic NAME or broker ID, see 'skafka configs list'")
        }
        let session = try await Session.open(global, .load(global), in: context)
        let wanted = try await choice.resolve(session.client)
        let details: ConfigDetails =
            global.style == .json ? [.synonyms, .documentation] : synonyms ? .synonyms : []
        let found = try await session.client.describeConfigs(wanted, details: details)
        var shown: [(resource: ConfigResource, rows: [ConfigRow])] = []
        var errors: [KafkaError] = []
        var unknown: [CommandFailure] = []
        for resource in wanted {
            switch found[resource] {
            case .success(let entries)?:
                shown.append((resource, rows(resource, entries)))
                unknown += unknownNames(resource, entries)
            case .failure(let error)?: errors.append(error)
            case nil: continue
            }
        }
        if !shown.isEmpty || errors.isEmpty || global.style == .json { try show(shown, context) }
        try context.complain(
            of: await NameHints.failures(errors, session.client) + unknown)
    }

    private func rows(_ resource: ConfigResource, _ entries: [ConfigEntry]) -> [ConfigRow] {
        entries.filter { entry in
            (!dynamic || entry.isDynamic) && (names.isEmpty || names.contains(entry.name))
        }.map { ConfigRow(resource: resource, entry: $0) }
    }

    private func unknownNames(
        _ resource: ConfigResource, _ entries: [ConfigEntry]
    ) -> [CommandFailure] {
        let known = Set(entries.map(\.name))
        return names.filter { !known.contains($0) }.map { name in
            let near = NearestName.of(name, among: entries.map(\.name))
            return .failed(
                "\(resource) has no setting \(name)" + (near.map { "; did you mean \($0)?" } ?? ""))
        }
    }

    private func show(
        _ shown: [(resource: ConfigResource, rows: [ConfigRow])], _ context: CommandContext
    ) throws {
        let output = context.makeOutput()
        switch global.style {
        case .json: ConfigsDescribeCommand.appendJSON(shown, to: output)
        case .plain:
            ConfigRow.layout(withResource: true, withSynonyms: synonyms)
                .append(shown.flatMap(\.rows), to: output, .plain, width: nil)
        case .human:
            let layout = ConfigRow.layout(withResource: false, withSynonyms: synonyms)
            for (index, entry) in shown.enumerated() {
                if index > 0 { output.append(UInt8(ascii: "\n")) }
                output.append("Settings of \(entry.resource):\n")
                if entry.rows.isEmpty {
                    output.append("  none\n")
                } else {
                    layout.append(entry.rows, to: output, .human, width: context.outputWidth)
                }
            }
        }
        try output.flush()
    }

    private static func appendJSON(
        _ shown: [(resource: ConfigResource, rows: [ConfigRow])], to output: OutputBuffer
    ) {
        var json = JSONWriter(output)
        json.beginArray()
        for (resource, rows) in shown {
            json.beginObject()
            json.field("kind", resource.kind.word)
            json.field("name", resource.word)
            json.name("configs")
            json.beginArray()
            for row in rows { row.append(to: &json) }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.endLine()
    }
}
