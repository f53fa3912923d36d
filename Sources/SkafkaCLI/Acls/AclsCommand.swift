internal import ArgumentParser

/// `skafka acls`
struct AclsCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "acls",
        abstract: "List, create and delete ACLs: who may do what.",
        discussion: Help.examples(
            """
            skafka acls list
            skafka acls create --allow-principal User:alice --operation read --topic orders
            skafka acls create --allow-principal User:app --consumer --topic orders --group app
            skafka acls delete --topic orders --dry-run
            """,
            """
            The broker needs an authorizer: 'skafka broker -X authorizer.class.name=standard'. \
            What no ACL allows is denied then, but to those that super.users names and to who uses \
            the data directory (-d), which is its owner.
            """),
        subcommands: [AclsListCommand.self, AclsCreateCommand.self, AclsDeleteCommand.self])
}
