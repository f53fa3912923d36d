internal import ArgumentParser
internal import KafkaClient
internal import KafkaSecurity

/// `skafka users alter`
struct UsersAlterCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "alter", _superCommandName: "skafka users",
        abstract: "Change a user's SCRAM password.",
        usage: "skafka users alter USER [options]",
        discussion: Help.examples(
            """
            skafka users alter alice                      asks for the new password
            skafka users alter alice --password-file new-password
            skafka users alter alice --mechanism SCRAM-SHA-512 --iterations 8192
            """,
            """
            Without --mechanism: of all mechanisms that the user has a password for. Connections \
            that are open stay so.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: ArgumentHelp("The user's name.", valueName: "user"))
    var user: String

    @OptionGroup var credential: CredentialOptions
    @OptionGroup var password: PasswordArguments

    @Flag(help: "Only check whether it could be done.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        try password.check()
        let chosen = try credential.mechanisms.chosen()
        let iterations = try credential.checkedIterations()
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        guard let existing = try await client.scramCredentials(of: user) else {
            throw CommandFailure.failed(
                "user \(user) has no SCRAM credential; 'skafka users create \(user)' makes one")
        }
        let change = CredentialChange(
            user: user, mechanisms: chosen ?? existing.map(\.mechanism),
            iterations: { mechanism in
                iterations ?? existing.first { $0.mechanism == mechanism }?.iterations
                    ?? CredentialOptions.usualIterations
            })
        let outcomes = try await change.carryOut("change", isDryRun: dryRun, client) {
            try password.read(for: user, in: context)
        }
        try await outcomes.report(global, context, client, isDryRun: dryRun)
    }
}
