internal import ArgumentParser

/// `skafka configs`
struct ConfigsCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "configs",
        abstract: "List, describe and change settings of topics, brokers and groups.",
        discussion: Help.examples(
            """
            skafka configs describe topic orders
            skafka configs describe broker 0 --dynamic
            skafka configs alter topic orders -c retention.ms=86400000
            skafka configs list
            """, "Quotas of users and clients are the matter of 'skafka quotas'."),
        subcommands: [
            ConfigsDescribeCommand.self, ConfigsAlterCommand.self, ConfigsListCommand.self,
        ])
}
