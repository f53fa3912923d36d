internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient

/// `skafka groups delete`
struct GroupsDeleteCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", _superCommandName: "skafka groups",
        abstract: "Delete groups with their offsets.",
        usage: "skafka groups delete GROUP… [options]",
        discussion: Help.examples(
            """
            skafka groups delete billing
            skafka groups delete billing audit --yes
            skafka groups delete billing --dry-run
            """,
            """
            A group with members is not deleted. On a terminal it asks before; --all-groups needs \
            --yes where nobody can be asked.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var groups: GroupArguments

    @Flag(help: "All groups of the cluster.")
    var allGroups = false

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Only show what would be deleted.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        var names = try groups.required(by: "groups delete", or: allGroups, "--all-groups")
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        if allGroups { names = try await allNames(client, context) }
        var errors: [String: KafkaError?] = [:]
        if dryRun {
            errors = try await client.describeGroups(names).mapValues { result in
                switch result {
                case .success(let group): group.hasMembers ? nonEmpty(group) : nil
                case .failure(let error): error
                }
            }
        } else if !names.isEmpty {
            try Confirmation(isGiven: yes, context: context).ask(
                names.count == 1
                    ? "delete group \(names[0])"
                    : "delete \(names.count) groups: \(names.joined(separator: ", "))",
                elsewhere: allGroups
                    ? "--all-groups deletes only with --yes; --dry-run shows what" : nil)
            errors = try await naming(client.deleteGroups(names), client)
        }
        let verb = dryRun ? "would delete" : "deleted"
        let outcomes = Outcomes(
            items: names.map { name in
                Outcomes.Item(
                    key: [("GROUP", "group", .text(name))], sentence: "\(verb) group \(name)",
                    error: errors[name] ?? nil)
            })
        try await outcomes.report(global, context, client, isDryRun: dryRun)
    }

    private func allNames(
        _ client: KafkaClient, _ context: CommandContext
    ) async throws -> [String] {
        let listed = try await client.listGroups()
        try await context.complain(of: Array(listed.failures.values), client)
        return listed.groups.map(\.groupID)
    }

    /// A refusal because of members says which.
    private func naming(
        _ errors: [String: KafkaError?], _ client: KafkaClient
    ) async throws -> [String: KafkaError?] {
        let refused = errors.filter { $0.value?.errorCode == .nonEmptyGroup }.map(\.key)
        guard !refused.isEmpty else { return errors }
        var errors = errors
        for (name, result) in try await client.describeGroups(refused) {
            if case .success(let group) = result { errors[name] = .some(nonEmpty(group)) }
        }
        return errors
    }

    private func nonEmpty(_ group: GroupDescription) -> KafkaError {
        KafkaError(
            .broker(.nonEmptyGroup),
            "group \(group.groupID) is not empty: \(LiveMembers.text(group)); stop them first")
    }
}
