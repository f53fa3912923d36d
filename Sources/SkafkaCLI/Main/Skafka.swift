internal import ArgumentParser

/// The root of the commands.
struct Skafka: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skafka",
        abstract: "A Kafka toolkit for the shell, with an embedded broker.",
        discussion: Help.examples(
            """
            echo hello | skafka produce greetings      write a record; the topic is made
            skafka consume greetings -e                read all records, then end
            skafka topics list                         what topics there are
            tail -f app.log | skafka produce logs      follow a file
            skafka consume logs -b host:9092           from a Kafka cluster
            skafka broker --topic orders:4             serve 127.0.0.1:9092
            """,
            """
            Without -b the commands use the embedded broker on a directory (-d): the first \
            process hosts it, further ones share it.
            """),
        version: "skafka \(Version.number)",
        subcommands: [
            ProduceCommand.self, ConsumeCommand.self, TopicsCommand.self, OffsetsCommand.self,
            GroupsCommand.self, ConfigsCommand.self, ClusterCommand.self, TransactionsCommand.self,
            QuotasCommand.self, AclsCommand.self, UsersCommand.self, CopyCommand.self,
            CompareCommand.self, TopCommand.self, BenchCommand.self, DumpSegmentCommand.self,
            BrokerCommand.self, ShellCommand.self, GenerateDocsCommand.self,
        ])
}
