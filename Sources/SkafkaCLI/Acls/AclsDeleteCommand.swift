internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient
internal import KafkaSecurity

/// `skafka acls delete`
struct AclsDeleteCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", _superCommandName: "skafka acls",
        abstract: "Take ACLs away.",
        usage: "skafka acls delete [--allow-principal P] [RESOURCE] [options]",
        discussion: Help.examples(
            """
            skafka acls delete --allow-principal User:alice --operation read --topic orders
            skafka acls delete --topic orders --dry-run         all of a topic: what would go
            skafka acls delete --allow-principal User:bob --operation any --yes
            """,
            """
            The options of 'acls create' take away what they create; without --operation that is \
            the ACL of all operations, and --operation any takes every one. Without a principal \
            all ACLs of the resources go. On a terminal it asks before; where nobody can be asked, \
            what is not named one by one goes only with --yes.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var resources: AclResourceArguments
    @OptionGroup var principals: AclPrincipalArguments

    @Flag(help: "That there is no such ACL is no failure.")
    var ifExists = false

    @Flag(name: [.customLong("yes"), .customLong("force")], help: "Do not ask.")
    var yes = false

    @Flag(help: "Only show what would be deleted.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let selection = try AclSelection(resources, principals)
        guard selection.namesResource || selection.namesPrincipal else {
            throw CommandFailure.usage(
                "nothing named; give a resource such as --topic, or --allow-principal or "
                    + "--deny-principal")
        }
        let filters = try selection.filters()
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        let found = try await client.acls(matching: filters)
        guard !found.isEmpty || ifExists else { throw try await nothing(like: filters, client) }
        var items: [Outcomes.Item] = []
        if dryRun {
            items = found.map { item($0, "would delete", nil) }
        } else if !found.isEmpty {
            let isBroad = selection.isBroad || !selection.namesResource
            try Confirmation(isGiven: yes, context: context).ask(
                "delete \(found.map(\.text).joined(separator: "; "))",
                elsewhere: isBroad
                    ? "ACLs that are not named one by one are deleted only with --yes; --dry-run "
                        + "shows which" : nil)
            items = try await delete(filters, client, context)
        }
        try await Outcomes(items: items).report(global, context, client, isDryRun: dryRun)
    }

    private func item(_ acl: Acl, _ verb: String, _ error: KafkaError?) -> Outcomes.Item {
        Outcomes.Item(key: acl.cells, sentence: "\(verb) \(acl.text)", error: error)
    }

    /// Each ACL once, although more than one filter may have let it through.
    private func delete(
        _ filters: [AclFilter], _ client: KafkaClient, _ context: CommandContext
    ) async throws -> [Outcomes.Item] {
        var errors: [Acl: KafkaError?] = [:]
        var failures: [KafkaError] = []
        for result in try await client.deleteACLs(matching: filters) {
            switch result {
            case .success(let deletions):
                for deletion in deletions { errors[deletion.acl] = .some(deletion.error) }
            case .failure(let error): failures.append(error)
            }
        }
        try await context.complain(of: failures, client)
        return errors.keys.sorted(by: Acl.isBefore).map { acl in
            item(acl, "deleted", errors[acl] ?? nil)
        }
    }

    /// Why nothing was found: there may be ACLs of other operations.
    private func nothing(
        like filters: [AclFilter], _ client: KafkaClient
    ) async throws(KafkaError) -> CommandFailure {
        let wider = filters.map { filter in
            var filter = filter
            filter.operation = nil
            return filter
        }
        let words = Set(try await client.acls(matching: wider).map(\.operation))
            .sorted { $0.rawValue < $1.rawValue }.map(AclWords.word)
        guard !words.isEmpty else { return .failed("there is no such ACL; see 'skafka acls list'") }
        return .failed(
            "there is no such ACL of this operation, but of \(words.joined(separator: ", ")); "
                + "give --operation, or --operation any")
    }
}
