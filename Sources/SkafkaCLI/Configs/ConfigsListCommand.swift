internal import ArgumentParser
internal import KafkaClient

/// `skafka configs list`
struct ConfigsListCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", _superCommandName: "skafka configs",
        abstract: "What has settings of its own.",
        usage: "skafka configs list [topic|broker|group|client-metrics] [options]",
        discussion: Help.examples(
            """
            skafka configs list
            skafka configs list group
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        name: [.customLong("type"), .customLong("entity-type")],
        help: ArgumentHelp("Only what is of this kind.", valueName: "kind"))
    var type: String?

    @Argument(help: ArgumentHelp("Only what is of these kinds.", valueName: "kind"))
    var kinds: [String] = []

    func execute(in context: CommandContext) async throws {
        let kinds = try (kinds + (type.map { [$0] } ?? [])).map {
            word throws(CommandFailure) in try ConfigResource.Kind.parse(word)
        }
        let session = try await Session.open(global, .load(global), in: context)
        let resources = try await resources(Set(kinds), session.client)
        try context.show(
            resources,
            RowLayout(columns: [
                .text("KIND", "kind") { .text($0.kind.word) },
                .text("NAME", "name") { .text($0.word) },
            ]), global.style)
    }

    /// Older brokers do not tell; topics and brokers are known anyway.
    private func resources(
        _ kinds: Set<ConfigResource.Kind>, _ client: KafkaClient
    ) async throws -> [ConfigResource] {
        do {
            return try await client.listConfigResources(kinds)
        } catch {
            guard error.kind == .unsupported, kinds.isSubset(of: [.topic, .broker]) else {
                throw error
            }
            let metadata = try await client.metadata(topics: nil)
            let all =
                metadata.topics.map { ConfigResource.topic($0.name) }
                + metadata.brokers.map { .broker($0.id) }
            return kinds.isEmpty ? all : all.filter { kinds.contains($0.kind) }
        }
    }
}
