internal import ArgumentParser
internal import KafkaClient

/// `skafka groups list`
struct GroupsListCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", _superCommandName: "skafka groups",
        abstract: "What groups there are.",
        usage: "skafka groups list [--state S] [--type T] [options]",
        discussion: Help.examples(
            """
            skafka groups list
            skafka groups list --state empty,dead
            skafka groups list --type consumer            those of KIP-848
            skafka groups list --plain | cut -f1          the names alone
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Only groups in this state: stable, empty, dead, …; repeatable.", valueName: "state"))
    var state: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Only groups of this type: classic, consumer, share, streams; repeatable.",
            valueName: "type"))
    var type: [String] = []

    func execute(in context: CommandContext) async throws {
        let filter = try GroupFilter(states: state, types: type)
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await session.client.listGroups(
            states: filter.states, types: filter.types)
        if !found.groups.isEmpty || found.failures.isEmpty || global.style == .json {
            try context.show(found.groups, GroupsListCommand.layout, global.style)
        }
        try await context.complain(
            of: found.failures.sorted { $0.key < $1.key }.map(\.value), session.client)
    }

    private static var layout: RowLayout<GroupListing> {
        RowLayout(columns: [
            .text("GROUP", "group") { .text($0.groupID) },
            .text("TYPE", "type") { .optional($0.type?.rawValue) },
            .text("PROTOCOL", "protocol") { .text($0.protocolType) },
            .text("STATE", "state") { .optional($0.state?.rawValue) },
            .number("COORDINATOR", "coordinator") { .int($0.coordinator) },
        ])
    }
}
