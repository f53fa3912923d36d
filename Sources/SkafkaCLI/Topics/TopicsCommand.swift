internal import ArgumentParser

/// `skafka topics`
struct TopicsCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "List, describe, create, change, trim and delete topics.",
        discussion: Help.examples(
            """
            skafka topics list
            skafka topics describe orders
            skafka topics create orders --partitions 4 -c retention.ms=86400000
            skafka topics alter orders -c retention.ms=3600000
            skafka topics trim orders --to @-7d
            skafka topics delete orders
            """),
        subcommands: [
            TopicsListCommand.self, TopicsDescribeCommand.self, TopicsCreateCommand.self,
            TopicsAlterCommand.self, TopicsTrimCommand.self, TopicsDeleteCommand.self,
            TopicsElectCommand.self, TopicsReassignCommand.self,
        ])
}

/// The topics of a command: arguments and `-t` mean the same.
struct TopicArguments: ParsableArguments {
    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A topic, as the arguments are; repeatable.", valueName: "name"),
        completion: .topics)
    var options: [String] = []

    @Argument(help: ArgumentHelp("The topics.", valueName: "topic"), completion: .topics)
    var arguments: [String] = []

    /// Each name once, in order.
    var names: [String] {
        var seen: Set<String> = []
        return (options + arguments).filter { seen.insert($0).inserted }
    }

    /// - Throws: `CommandFailure` when there are none.
    func required(by command: String) throws(CommandFailure) -> [String] {
        guard !names.isEmpty, !names.contains("") else {
            throw .usage("no topic given; see 'skafka \(command) --help'")
        }
        return names
    }
}
