internal import ArgumentParser

/// `skafka groups`
struct GroupsCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups",
        abstract: "List, describe and delete consumer groups.",
        discussion: Help.examples(
            """
            skafka groups list
            skafka groups describe billing                offsets and lag of each partition
            skafka groups describe billing --members      who reads what
            skafka groups delete billing
            """,
            "Offsets are moved and deleted by 'skafka offsets'."),
        subcommands: [
            GroupsListCommand.self, GroupsDescribeCommand.self, GroupsDeleteCommand.self,
        ])
}
