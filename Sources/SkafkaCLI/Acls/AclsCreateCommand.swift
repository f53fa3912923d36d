internal import ArgumentParser
internal import KafkaBase
internal import KafkaClient
internal import KafkaSecurity

/// `skafka acls create`
struct AclsCreateCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", _superCommandName: "skafka acls",
        abstract: "Allow or deny principals the use of resources.",
        usage: "skafka acls create (--allow-principal P | --deny-principal P) RESOURCE [options]",
        discussion: Help.examples(
            """
            skafka acls create --allow-principal User:alice --operation read --topic orders
            skafka acls create --allow-principal User:app --producer --topic orders
            skafka acls create --allow-principal User:app --consumer --topic orders --group app
            skafka acls create --deny-principal User:bob --deny-host 10.0.0.7 --topic '*'
            skafka acls create --allow-principal User:ci --topic test- \
            --resource-pattern-type prefixed
            """,
            """
            Each principal gets an ACL for each resource, address and operation. What is denied \
            wins over what is allowed. An ACL that is there already is no failure.
            """))

    @OptionGroup(title: "Common options") var global: GlobalOptions
    @OptionGroup var resources: AclResourceArguments
    @OptionGroup var principals: AclPrincipalArguments

    @Flag(help: "Only show what would be created.")
    var dryRun = false

    func execute(in context: CommandContext) async throws {
        let acls = try AclSelection(resources, principals).acls()
        let session = try await Session.open(global, .load(global), in: context)
        let client = session.client
        let items: [Outcomes.Item]
        if dryRun {
            let known = Set(try await client.describeACLs())
            items = acls.map { acl in
                let isKnown = known.contains(acl)
                return Outcomes.Item(
                    key: acl.cells,
                    sentence: isKnown ? "is there: \(acl.text)" : "would create \(acl.text)",
                    unchanged: isKnown ? "is there" : nil)
            }
        } else {
            items = zip(acls, try await client.createACLs(acls)).map { acl, error in
                Outcomes.Item(key: acl.cells, sentence: "created \(acl.text)", error: error)
            }
        }
        try await Outcomes(items: items).report(global, context, client, isDryRun: dryRun)
    }
}
