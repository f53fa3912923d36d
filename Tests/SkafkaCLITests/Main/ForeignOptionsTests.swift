import ArgumentParser
import Testing

@testable import SkafkaCLI

/// The options of Kafka's scripts and of kcat that skafka has under other names, or not.
@Suite struct ForeignOptionsTests {
    private func translated(_ words: [String]) throws -> [String] {
        let (command, depth) = CommandPath.resolve(words)
        let tree = CommandTree(of: command, path: Array(words[..<depth]))
        return try ForeignOptions.translated(
            GetoptForm.rewritten(words[depth...], of: tree), of: tree)
    }

    @Test(
        arguments: [
            (
                ["produce", "--timeout", "1000", "--max-block-ms=9", "--sync", "--topic", "t"],
                ["--setting", "linger.ms=1000", "--timeout", "9ms", "--sync", "--topic", "t"]
            ),
            (
                ["topics", "create", "t", "-p", "3", "-r2"],
                ["t", "--partitions", "3", "--replication-factor", "2"]
            ),
            (["produce", "--timeout", "5s", "-t", "t"], ["--timeout", "5s", "-t", "t"]),
            (
                ["produce", "--message-send-max-retries", "0", "--request-timeout-ms", "5"],
                ["--setting", "retries=0", "--setting", "request.timeout.ms=5"]
            ),
            (
                ["produce", "--compression-codec", "--line-reader", "a.LineMessageReader"],
                ["--compression-codec", "gzip"]
            ),
            (
                ["produce", "-Em5", "-k", "-m"],
                ["--on-error", "continue", "--timeout", "5s", "-k", "-m"]
            ),
            (
                ["consume", "-G", "g", "t", "-E", "--whitelist", "a.*"],
                ["--group", "g", "t", "--include", "a.*"]
            ),
            (
                ["consume", "--formatter", "org.apache.kafka.tools.consumer.NoOpMessageFormatter"],
                ["--format", ""]
            ),
            (
                ["consume", "--value-deserializer=X", "--broker-list", "h"],
                ["--property", "value.deserializer=X", "--bootstrap-server", "h"]
            ),
            (["groups", "describe", "--timeout", "5000"], ["--timeout", "5000ms"]),
            (["offsets", "get", "--partitions", "0,1"], ["--partition", "0,1"]),
            (["configs", "alter", "--broker-defaults", "--force"], ["--broker", "default"]),
            (["topics", "elect", "--election-type", "unclean"], ["--unclean"]),
            (
                ["txn", "hanging", "--max-transaction-timeout", "15"],
                ["--older-than", "15m"]
            ),
            (["produce", "t", "--", "-E"], ["t", "--", "-E"]),
        ] as [([String], [String])])
    func whatHasAnotherNameIsTranslated(words: [String], expected: [String]) throws {
        #expect(try translated(words) == expected)
    }

    @Test(
        arguments: [
            (["consume", "--enable-systest-events"], "tests"),
            (["consume", "--formatter", "com.example.Formatter"], "-f"),
            (["consume", "-s", "key=i"], "int32"), (["produce", "-Q"], "skafka offsets get"),
            (["produce", "--line-reader", "com.example.Reader"], "--property"),
            (["topics", "create", "--replica-assignment", "0:1"], "skafka topics reassign"),
            (["topics", "list", "--zookeeper", "z"], "-b HOST:PORT"),
            (["topics", "trim", "--offset-json-file", "f"], "skafka topics trim"),
            (["configs", "alter", "--user", "alice"], "skafka quotas"),
        ] as [([String], String)])
    func whatThereIsNotIsRefusedWithWhatThereIs(words: [String], hint: String) {
        let error = #expect(throws: CommandFailure.self) { try CommandPath.parse(words) }
        #expect(error?.status == .usage && error?.message.contains(hint) == true)
    }

    /// Every option of Kafka's scripts: understood, or refused by name.
    @Test(
        arguments: [
            (
                "produce",
                """
                topic bootstrap-server sync= compression-codec batch-size message-send-max-retries \
                retry-backoff-ms timeout request-required-acks request-timeout-ms \
                metadata-expiry-ms max-block-ms max-memory-bytes max-partition-memory-bytes \
                line-reader socket-buffer-size property reader-property reader-config \
                producer-property producer.config command-config command-property
                """
            ),
            (
                "consume",
                """
                topic include partition offset consumer-property consumer.config formatter \
                property formatter-property formatter-config from-beginning= max-messages \
                timeout-ms skip-message-on-error= bootstrap-server key-deserializer \
                value-deserializer enable-systest-events= isolation-level group whitelist
                """
            ),
            ("topics list", "exclude-internal= topic command-config zookeeper"),
            (
                "topics describe",
                """
                topic topic-id under-replicated-partitions= unavailable-partitions= \
                under-min-isr-partitions= at-min-isr-partitions= topics-with-overrides= \
                if-exists= exclude-internal= partition-size-limit-per-response
                """
            ),
            (
                "topics create",
                "topic partitions replication-factor replica-assignment config if-not-exists="
            ),
            (
                "topics alter",
                "topic partitions replica-assignment config delete-config if-exists="
            ),
            ("topics delete", "topic if-exists="),
            (
                "offsets get",
                """
                topic topic-partitions partitions time command-config exclude-internal-topics= \
                broker-list
                """
            ),
            ("groups describe", "group all-groups= members= offsets= state= timeout verbose="),
            ("groups list", "state type timeout"),
            ("groups delete", "group all-groups= timeout"),
            (
                "offsets reset",
                """
                group all-groups= topic all-topics= dry-run= execute= export= to-offset from-file \
                to-datetime by-duration to-earliest= to-latest= to-current= shift-by timeout
                """
            ),
            ("offsets delete", "group topic timeout"),
            (
                "configs alter",
                """
                entity-type entity-name entity-default= add-config add-config-file delete-config \
                force= topic client client-defaults= user user-defaults= broker broker-defaults= \
                broker-logger ip ip-defaults= group client-metrics bootstrap-controller
                """
            ),
            ("configs describe", "all= entity-type entity-name entity-default= topic broker"),
            ("topics trim", "offset-json-file command-config"),
            (
                "txn abort",
                "topic partition start-offset producer-id producer-epoch coordinator-epoch"
            ),
            ("txn producers", "topic partition broker-id"), ("txn describe", "transactional-id"),
            ("txn list", "duration-filter transactional-id-pattern"),
            ("txn hanging", "broker-id max-transaction-timeout topic partition"),
            (
                "topics elect",
                """
                path-to-json-file topic partition election-type all-topic-partitions= \
                admin.config
                """
            ),
        ])
    func noOptionOfTheScriptsIsUnknown(path: String, options: String) throws {
        let (type, _) = CommandPath.resolve(path.split(separator: " ").map(String.init))
        let command = CommandTree(of: type, path: path.split(separator: " ").map(String.init))
        for option in options.split(whereSeparator: \.isWhitespace) {
            let isFlag = option.hasSuffix("=")
            let name = "--" + (isFlag ? option.dropLast() : option)
            switch ForeignOptions.meaning(of: name, isFlag ? nil : "1", command) {
            case .flag?: #expect(isFlag, "\(path) \(name)")
            case .value?: #expect(!isFlag, "\(path) \(name)")
            case .refused?: continue
            case nil:
                let kind = command.option(named: name)?.kind
                #expect(kind == (isFlag ? .flag : .option), "\(path) \(name)")
            }
        }
    }
}
