internal import ArgumentParser

/// `skafka cluster`
struct ClusterCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Describe the cluster.",
        discussion: Help.examples(
            """
            skafka cluster describe
            skafka cluster describe --json | jq .brokers
            """),
        subcommands: [ClusterDescribeCommand.self])
}
