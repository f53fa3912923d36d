internal import ArgumentParser
internal import KafkaClient
internal import KafkaSecurity

/// `skafka users describe`
struct UsersDescribeCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", _superCommandName: "skafka users",
        abstract: "The SCRAM credentials of users; never what is in them.",
        usage: "skafka users describe [USER…] [options]",
        discussion: Help.examples(
            """
            skafka users describe alice
            skafka users describe --json
            """,
            "Without a user: all of them."))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: ArgumentHelp("Users.", valueName: "user"))
    var users: [String] = []

    private struct Row {
        var user: String
        var credential: ScramCredentialInfo
    }

    func execute(in context: CommandContext) async throws {
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await session.client.describeScramCredentials(of: users)
        var rows: [Row] = []
        var errors: [KafkaError] = []
        for (user, result) in found.sorted(by: { $0.key < $1.key }) {
            switch result {
            case .success(let credentials):
                rows += credentials.map { Row(user: user, credential: $0) }
            case .failure(let error): errors.append(error.ofUser(user))
            }
        }
        try context.show(rows, UsersDescribeCommand.layout, global.style)
        try await context.complain(of: errors, session.client)
    }

    private static var layout: RowLayout<Row> {
        RowLayout(columns: [
            .text("USER", "user") { .text($0.user) },
            .text("MECHANISM", "mechanism") { .text($0.credential.mechanism.rawValue) },
            .number("ITERATIONS", "iterations") { .int($0.credential.iterations) },
        ])
    }
}
