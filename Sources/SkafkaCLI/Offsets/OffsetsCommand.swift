internal import ArgumentParser

/// `skafka offsets`
struct OffsetsCommand: GatheringCommand {
    static let configuration = CommandConfiguration(
        commandName: "offsets",
        abstract: "Look up, show, reset and delete offsets.",
        discussion: Help.examples(
            """
            skafka offsets get orders                       where each partition ends
            skafka offsets get orders --time 2024-03-01     the first record of a day
            skafka offsets committed billing                where a group stands, and its lag
            skafka offsets reset billing --topic orders --to-earliest --execute
            skafka offsets delete billing --topic orders
            """),
        subcommands: [
            OffsetsGetCommand.self, OffsetsCommittedCommand.self, OffsetsResetCommand.self,
            OffsetsDeleteCommand.self,
        ])
}
