import ArgumentParser
import KafkaBroker
import KafkaClient
import KafkaRecords
import KafkaSecurity
import KafkaTransport
import Testing

@testable import SkafkaCLI

/// The command line as the parser takes it, and the plans that come of it.
@Suite struct CommandLineTests {
    private func produce(_ words: String...) throws -> ProducePlan {
        try ProducePlan(words: words, nowMs: 1_000_000)
    }

    private func consume(_ words: String...) throws -> ConsumePlan {
        let command = try #require(try Skafka.parseAsRoot(["consume"] + words) as? ConsumeCommand)
        return try ConsumePlan(command, isTerminal: false)
    }

    private func broker(_ words: String...) throws -> BrokerPlan {
        let command = try #require(try Skafka.parseAsRoot(["broker"] + words) as? BrokerCommand)
        return try BrokerPlan(command, environment: ["HOME": "/h"])
    }

    @Test func produceTakesTopicAndFiles() throws {
        let plan = try produce("t", "a", "-", "-l")
        #expect(plan.topic == "t")
        #expect(plan.sources == [.file("a"), .standardInput])
        #expect(try produce("-t", "t", "a").sources == [.file("a")])
        #expect(try produce("t").sources == [.standardInput])
    }

    @Test func produceTakesValuesThatLookLikeOptions() throws {
        #expect(try produce("t", "-k", "-x").key == Array("-x".utf8))
        #expect(try produce("t", "-k-x").key == Array("-x".utf8))
        guard case .lines(let delimiter, let keys) = try produce("t", "-D", "-x", "-K:").layout
        else {
            Issue.record("no lines")
            return
        }
        #expect(delimiter == Array("-x".utf8))
        #expect(keys == Array(":".utf8))
    }

    @Test func produceSettings() throws {
        let plan = try produce(
            "t", "-X", "linger.ms=9", "--linger", "50ms", "--acks", "1", "-z", "lz4",
            "--batch-size",
            "5000", "--timestamp", "2023-11-14", "-H", "a=b", "-H", "n")
        #expect(plan.settings.producer.lingerMs == 50)
        #expect(plan.settings.producer.acks == .leader)
        #expect(!plan.settings.producer.idempotent)
        #expect(plan.settings.producer.batchBytes == 5000)
        #expect(plan.timestamp == 1_699_920_000_000)
        #expect(plan.headers?.count == 2)
        #expect(try produce("t").settings.producer.idempotent)
        #expect(try produce("t", "--acks", "-1").settings.producer.acks == .all)
    }

    @Test func valuesThatAreInvalidComeWithWhatIsValid() {
        #expect(
            UsageMessage.oneLine(
                message: "The value '1' is invalid for '--idle-timeout <duration>'", full: ""
            ).contains("as 500ms; see"))
        #expect(
            UsageMessage.oneLine(
                message: "The value 'gzip:99' is invalid for '-z <codec>'.", full: ""
            ).contains("gzip:1 to 9"))
    }

    @Test(arguments: [
        [], ["t", "-D", ""], ["t", "-J", "-K", ":"],
        ["t", "-H", "=x"],
        ["t", "--acks", "1", "--idempotent"], ["t", "--report", "%e"], ["t", "--batch-size", "0"],
        ["t", "-J", "-f", "%v\\n"], ["t", "--timestamp", "x"],
    ])
    func produceRefuses(words: [String]) throws {
        let command = try #require(try Skafka.parseAsRoot(["produce"] + words) as? ProduceCommand)
        #expect {
            try ProducePlan(command, nowMs: 0)
        } throws: { error in
            (error as? CommandFailure)?.status == .usage
        }
    }

    @Test func consumeBeginsWhereItShould() throws {
        #expect(try consume("t").from == .end)
        #expect(try consume("t", "-e").from == .beginning)
        #expect(try consume("t", "-e").to == .end)
        #expect(try consume("t", "-o", "-5").from == .beforeEnd(5))
        #expect(try consume("t", "-o-5").from == .beforeEnd(5))
        #expect(try consume("t", "-o", "e@5").from == .beginning)
        #expect(try consume("t", "-o", "5", "-e").to == .end)
        #expect(try consume("t", "-n", "3").maxMessages == 3)
        #expect(try consume("-t", "a", "b", "a").topics == ["a", "b"])
    }

    @Test(arguments: [
        [], ["t", "-p", "x"], ["t", "-o", "x"], ["t", "-c-1"], ["t", "-f", "%q"],
        ["t", "-f", "%v", "-J"], ["t", "-X", "nope=1"],
    ])
    func consumeRefuses(words: [String]) throws {
        let command = try #require(try Skafka.parseAsRoot(["consume"] + words) as? ConsumeCommand)
        #expect {
            try ConsumePlan(command, isTerminal: false)
        } throws: { error in
            (error as? CommandFailure)?.status == .usage
        }
    }

    @Test func brokerTakesAddressesTopicsAndACommand() throws {
        let plan = try broker(
            "--listen", "PLAINTEXT://[::1]:0", "--listen", ":5", "--advertise", "host:7",
            "--topic", "a:3", "-t", "b", "--sync", "interval", "-X", "num.partitions=2", "-d", "D",
            "--", "run", "--flag", "-x")
        #expect(plan.listeners == [.tcp(host: "::1", port: 0), .tcp(host: "0.0.0.0", port: 5)])
        #expect(plan.advertised == .init(host: "host", port: 7))
        #expect(plan.topics == [.init(name: "a", partitions: 3), .init(name: "b")])
        #expect(plan.sync == .interval)
        #expect(plan.settings.defaultPartitions == 2)
        #expect(plan.directory == .named("D"))
        #expect(plan.command == ["run", "--flag", "-x"])
        let usual = try broker()
        #expect(usual.listeners == [.tcp(host: "127.0.0.1", port: 9092)])
        #expect(usual.directory == .usual("/h/.local/share/skafka"))
        #expect(usual.sync == .acksAll)
        #expect(try broker("--ephemeral").sync == .never)
        #expect(try broker("-X", "log.dirs=/x").directory == .named("/x"))
    }

    @Test func brokerTakesSecuredListenersAndWhatTheyAdvertise() throws {
        let plan = try broker(
            "-X", "listener.security.protocol.map=INSIDE:PLAINTEXT,OUTSIDE:SASL_SSL",
            "--listen", "inside://h:1", "--listen", "OUTSIDE://h:2", "--listen", "SSL://h:3",
            "--advertise", "OUTSIDE://kafka.example:9094,10.0.0.1")
        #expect(
            plan.listeners == [
                BrokerListener(.tcp(host: "h", port: 1), .plaintext, name: "INSIDE"),
                BrokerListener(
                    .tcp(host: "h", port: 2), .saslSSL, name: "OUTSIDE",
                    advertised: .init(host: "kafka.example", port: 9094)),
                BrokerListener(.tcp(host: "h", port: 3), .ssl),
            ])
        #expect(plan.advertised == .init(host: "10.0.0.1"))
        let file = try broker(
            "-X", "listeners=SASL_PLAINTEXT://:9093,CONTROLLER://:9094", "-X",
            "controller.listener.names=CONTROLLER", "-X",
            "advertised.listeners=SASL_PLAINTEXT://a:1")
        #expect(
            file.listeners == [
                BrokerListener(
                    .tcp(host: "0.0.0.0", port: 9093), .saslPlaintext,
                    advertised: .init(host: "a", port: 1))
            ])
    }

    @Test(arguments: [
        ["-b", "x"], ["--ephemeral", "-d", "D"], ["--listen", "host:port"], ["--listen", ""],
        ["--listen", "GSSAPI://h:1"],
        ["--advertise", "SSL://h:1"], ["-X", "sasl.enabled.mechanisms=GSSAPI"], ["--topic", "a:0"],
        ["-X", "log.retention.mss=1"],
    ])
    func brokerRefuses(words: [String]) throws {
        let command = try #require(try Skafka.parseAsRoot(["broker"] + words) as? BrokerCommand)
        #expect {
            try BrokerPlan(command, environment: ["HOME": "/h"])
        } throws: { error in
            (error as? CommandFailure)?.status == .usage
        }
    }

    @Test func theShortWayFindsTheSameCommands() throws {
        for words in [
            ["produce", "t"], ["topics", "list", "--json"], ["offsets", "get", "t"], ["broker"],
            ["consume", "t", "-e"], ["topics"], [], ["help", "topics"],
            ["offsets", "reset", "g", "--to-offset", "-5", "--shift-by", "-1"],
            ["groups", "describe", "--group", "g", "-g", "h"], ["configs", "alter", "-c", "a=b"],
            ["txn", "abort", "--topic", "t", "-p", "0"], ["cluster", "describe"],
        ] {
            let short = try CommandPath.parse(words)
            let long = try Skafka.parseAsRoot(words)
            #expect(type(of: short) == type(of: long))
        }
        #expect(throws: (any Error).self) { try CommandPath.parse(["topics", "nope"]) }
        #expect(throws: (any Error).self) { try CommandPath.parse(["nope"]) }
    }

    @Test func usageErrorsAreOneLine() throws {
        for words in [["consume", "t", "--nope"], ["nope"], ["produce", "t", "-z", "brotli"]] {
            do {
                _ = try Skafka.parseAsRoot(words)
                Issue.record("\(words) was taken")
            } catch {
                let line = UsageMessage.oneLine(
                    message: Skafka.message(for: error), full: Skafka.fullMessage(for: error))
                #expect(!line.contains("\n"))
                #expect(line.hasSuffix("--help'"))
                #expect(line.contains(" see 'skafka"))
            }
        }
    }

    @Test func everyCommandHasExamplesFirst() throws {
        for words in [
            [], ["produce"], ["consume"], ["topics"], ["topics", "list"], ["topics", "describe"],
            ["topics", "create"], ["topics", "delete"], ["offsets", "get"], ["broker"],
            ["topics", "elect"], ["topics", "reassign"], ["offsets", "committed"],
            ["offsets", "reset"],
            ["offsets", "delete"], ["groups"], ["groups", "list"], ["groups", "describe"],
            ["groups", "delete"], ["configs"], ["configs", "list"], ["configs", "describe"],
            ["configs", "alter"], ["cluster"], ["cluster", "describe"], ["txn"], ["txn", "list"],
            ["txn", "describe"], ["txn", "abort"], ["txn", "producers"], ["txn", "hanging"],
            ["quotas"], ["quotas", "describe"], ["quotas", "alter"], ["acls"], ["acls", "list"],
            ["acls", "create"], ["acls", "delete"],
        ] {
            do {
                var help = try CommandPath.parse(words + ["--help"])
                try help.run()
                Issue.record("--help was taken")
            } catch {
                let text = Skafka.fullMessage(for: error)
                let examples = text.firstRange(of: "Examples:")?.lowerBound
                let options = text.firstRange(of: "OPTIONS")?.lowerBound
                #expect(examples != nil && options != nil && examples! < options!, "\(words)")
            }
        }
    }

    @Test(
        arguments: [
            (
                ["topcs", "list"],
                "unknown command 'topcs'; did you mean 'topics'? see 'skafka --help'"
            ),
            (
                ["topics", "lst"],
                "unknown command 'topics lst'; did you mean 'topics list'? "
                    + "see 'skafka topics --help'"
            ),
            (["xyz"], "unknown command 'xyz'; see 'skafka --help'"),
            (
                ["groups", "seek"],
                "unknown command 'groups seek'; there are list, describe, delete; "
                    + "see 'skafka groups --help'"
            ),
        ] as [([String], String)])
    func mistypedCommandsAreNamed(words: [String], message: String) {
        #expect(throws: CommandFailure.usage(message)) { try CommandPath.parse(words) }
    }

    @Test(
        arguments: [
            ("--jsn", "unknown option '--jsn'; did you mean '--json'? "),
            // What the parser takes for near: '--plain'.
            ("--tail", "unknown option '--tail'; "),
        ])
    func mistypedOptionsAreNamed(option: String, message: String) {
        let error = #expect(throws: (any Error).self) {
            try CommandPath.parse(["topics", "list", option])
        }
        guard let error else { return }
        #expect(
            UsageMessage.oneLine(
                message: Skafka.message(for: error), full: Skafka.fullMessage(for: error))
                == message + "see 'skafka topics list --help'")
    }
}
