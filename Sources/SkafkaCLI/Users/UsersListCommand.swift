internal import ArgumentParser
internal import KafkaClient
internal import KafkaSecurity

/// `skafka users list`
struct UsersListCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", _superCommandName: "skafka users",
        abstract: "Who can authenticate with SCRAM.",
        usage: "skafka users list [options]",
        discussion: Help.examples(
            """
            skafka users list
            skafka users list --plain | cut -f1           the names alone
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions

    private struct Row {
        var user: String
        var credentials: [ScramCredentialInfo]
    }

    func execute(in context: CommandContext) async throws {
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await session.client.describeScramCredentials()
        let rows = try found.sorted { $0.key < $1.key }.map { user, result in
            Row(user: user, credentials: try result.get())
        }
        try context.show(rows, UsersListCommand.layout, global.style)
    }

    private static var layout: RowLayout<Row> {
        RowLayout(columns: [
            .text("USER", "user") { .text($0.user) },
            .text("MECHANISMS", "mechanisms") { row in
                .list(row.credentials.map { .text($0.mechanism.rawValue) })
            },
        ])
    }
}
