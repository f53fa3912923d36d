internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient
internal import KafkaSecurity

/// `skafka acls list`
struct AclsListCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", _superCommandName: "skafka acls",
        abstract: "What ACLs there are.",
        usage: "skafka acls list [--topic T] [--principal P] … [options]",
        discussion: Help.examples(
            """
            skafka acls list
            skafka acls list --principal User:alice
            skafka acls list --topic orders --resource-pattern-type match
                                                          all that apply to the topic
            """,
            """
            A resource's name is looked for as it is, among literal ACLs; \
            --resource-pattern-type match finds prefixes and * too.
            """))

    static var runsOnEventLoop: Bool { true }

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var resources: AclResourceArguments

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only those of this principal; repeatable.", valueName: "who"))
    var principal: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only those of this address.", valueName: "address"))
    var host: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only those of this operation.", valueName: "operation"))
    var operation: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only those that allow, or deny.", valueName: "allow|deny"))
    var permission: String?

    func execute(in context: CommandContext) async throws {
        let filters = try filters()
        let session = try await Session.open(global, .load(global), in: context)
        let found = try await session.client.acls(matching: filters)
        try context.show(found, .acls, global.style)
    }

    /// - Throws: `CommandFailure` of status `usage`.
    func filters() throws(CommandFailure) -> [AclFilter] {
        let pattern = try resources.patternType()
        var base = AclFilter(patternType: pattern ?? .any, host: host)
        if let operation { base.operation = try AclWords.term(operation, "operation") }
        if let permission { base.permission = try AclWords.term(permission, "permission") }
        var principals: [String?] = []
        for word in principal { principals.append(try AclWords.principal(word)) }
        let resources = resources.resources
        let places =
            resources.isEmpty
            ? [base]
            : resources.map { resource in
                var filter = base
                filter.resourceType = resource.type
                filter.resourceName = resource.name
                filter.patternType = resource.type == .cluster ? .literal : pattern ?? .literal
                return filter
            }
        return places.flatMap { place in
            (principals.isEmpty ? [nil] : principals).map { principal in
                var filter = place
                filter.principal = principal
                return filter
            }
        }
    }
}

extension KafkaClient {
    /// The ACLs that any of some filters lets through, each once, in order.
    func acls(matching filters: [AclFilter]) async throws(KafkaError) -> [Acl] {
        var found: Set<Acl> = []
        for filter in filters { found.formUnion(try await describeACLs(matching: filter)) }
        return found.sorted(by: Acl.isBefore)
    }
}
