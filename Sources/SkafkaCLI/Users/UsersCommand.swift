internal import ArgumentParser

/// `skafka users`
struct UsersCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "List, describe, create, change and delete users with SCRAM passwords.",
        discussion: Help.examples(
            """
            skafka users list
            skafka users create alice
            pwgen -s 32 1 | skafka users create importer --mechanism SCRAM-SHA-512
            skafka users delete alice
            """),
        subcommands: [
            UsersListCommand.self, UsersDescribeCommand.self, UsersCreateCommand.self,
            UsersAlterCommand.self, UsersDeleteCommand.self,
        ])
}
