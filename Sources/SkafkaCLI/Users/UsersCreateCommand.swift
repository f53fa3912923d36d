internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient
internal import KafkaSecurity

/// `skafka users create`
struct UsersCreateCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", _superCommandName: "skafka users",
        abstract: "Give a user a password, to authenticate with SCRAM.",
        usage: "skafka users create USER [options]",
        discussion: Help.examples(
            """
            skafka users create alice                     asks for the password
            skafka users create alice --password-command 'pass show kafka/alice'
            pwgen -s 32 1 | skafka users create importer -m SCRAM-SHA-512 --iterations 8192
            """,
            """
            Without --mechanism: for both; without --iterations: 4096. Without --password-file \
            and --password-command the password is asked for on a terminal, and read from \
            standard input elsewhere. It does not leave this machine: the broker is sent a salted \
            hash.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: ArgumentHelp("The user's name.", valueName: "user"))
    var user: String

    @OptionGroup var credential: CredentialOptions
    @OptionGroup var password: PasswordArguments

    @Flag(help: "A user that is there already is no failure, and keeps the password.")
    var ifNotExists = false

    @Flag(help: "Only check whether it could be done.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        try password.check()
        let mechanisms = try credential.mechanisms.chosen() ?? MechanismOptions.all
        let iterations = try credential.checkedIterations() ?? CredentialOptions.usualIterations
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        let existing = try await client.scramCredentials(of: user) ?? []
        let clash = mechanisms.filter { mechanism in
            existing.contains { $0.mechanism == mechanism }
        }
        guard clash.isEmpty || ifNotExists else {
            let names = clash.map(\.rawValue).joined(separator: " and ")
            throw CommandFailure.failed(
                "user \(user) has a password for \(names) already; 'skafka users alter \(user)' "
                    + "changes it")
        }
        let change = CredentialChange(
            user: user, mechanisms: mechanisms.filter { !clash.contains($0) },
            iterations: { _ in iterations })
        let made =
            change.mechanisms.isEmpty
            ? []
            : try await change.carryOut("create", isDryRun: dryRun, client) {
                try password.read(for: user, in: context)
            }.items
        let kept = clash.map { mechanism in
            Outcomes.Item(
                user: user, mechanism,
                sentence: "user \(user) has a \(mechanism) credential already",
                unchanged: "exists already")
        }
        try await Outcomes(items: kept + made).report(
            global, context, client, isDryRun: dryRun)
    }
}

extension KafkaClient {
    /// Of one user; nil when there is none of that name.
    func scramCredentials(
        of user: String
    ) async throws(KafkaError) -> [ScramCredentialInfo]? {
        switch try await describeScramCredentials(of: [user])[user] {
        case .success(let credentials)?: return credentials
        case .failure(let error)? where error.errorCode != .resourceNotFound: throw error
        case .failure?, nil: return nil
        }
    }
}
