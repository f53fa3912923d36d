internal import ArgumentParser

/// `skafka quotas`
struct QuotasCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "quotas",
        abstract: "Describe and change quotas of users, clients and addresses.",
        discussion: Help.examples(
            """
            skafka quotas describe
            skafka quotas alter --client-id importer -c producer_byte_rate=1048576
            skafka quotas alter --user alice --delete-config producer_byte_rate
            """),
        subcommands: [QuotasDescribeCommand.self, QuotasAlterCommand.self])
}
