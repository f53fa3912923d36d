internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient
internal import KafkaSecurity

/// `skafka users delete`
struct UsersDeleteCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", _superCommandName: "skafka users",
        abstract: "Take users' SCRAM passwords away.",
        usage: "skafka users delete USER… [options]",
        discussion: Help.examples(
            """
            skafka users delete alice
            skafka users delete alice bob --yes
            skafka users delete alice --mechanism SCRAM-SHA-256 --dry-run
            """,
            """
            Without --mechanism: all that a user has. On a terminal it asks before. Connections \
            that are open stay so.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions

    @Argument(help: ArgumentHelp("Users.", valueName: "user"))
    var users: [String]

    @OptionGroup var mechanisms: MechanismOptions

    @Flag(help: "A user that is not there is no failure.")
    var ifExists = false

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Only show what would be deleted.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let chosen = try mechanisms.chosen()
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        let found = try await client.describeScramCredentials(of: users)
        var changes: [ScramCredentialChange] = []
        var missing: [Outcomes.Item] = []
        for user in users where !changes.contains(where: { $0.user == user }) {
            let existing: [SaslMechanism]
            switch found[user] {
            case .success(let credentials)?: existing = credentials.map(\.mechanism)
            case .failure(let error)? where error.errorCode != .resourceNotFound: throw error
            case .failure?, nil: existing = []
            }
            changes += existing.filter { chosen?.contains($0) ?? true }.map {
                ScramCredentialChange(user: user, $0, password: nil)
            }
            let absent = (chosen ?? []).filter { !existing.contains($0) }
            missing += absent.map { notThere(user, $0) }
            if chosen == nil, existing.isEmpty { missing.append(notThere(user, nil)) }
        }
        let deleted = try await delete(changes, client, context)
        try await Outcomes(items: missing + deleted).report(
            global, context, client, isDryRun: dryRun)
    }

    private func notThere(_ user: String, _ mechanism: SaslMechanism?) -> Outcomes.Item {
        Outcomes.Item(
            user: user, mechanism, sentence: "user \(user) is not there",
            error: ifExists ? nil : .noUser(user), unchanged: ifExists ? "is not there" : nil)
    }

    private func delete(
        _ changes: [ScramCredentialChange], _ client: KafkaClient, _ context: CommandContext
    ) async throws -> [Outcomes.Item] {
        guard !changes.isEmpty else { return [] }
        var errors = [KafkaError?](repeating: nil, count: changes.count)
        if !dryRun {
            let what = changes.map { "\($0.mechanism) of \($0.user)" }.joined(separator: ", ")
            try Confirmation(isGiven: yes, context: context).ask("delete credentials: \(what)")
            errors = try await client.alterScramCredentials(changes)
        }
        let verb = dryRun ? "would delete" : "deleted"
        return zip(changes, errors).map { change, error in
            Outcomes.Item(
                user: change.user, change.mechanism,
                sentence: "\(verb) \(change.mechanism) credential of user \(change.user)",
                error: error)
        }
    }
}
