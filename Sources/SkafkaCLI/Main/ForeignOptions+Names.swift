extension ForeignOptions {
    /// Options that several of Kafka's scripts, or kcat in every mode, have.
    static let everywhere: [String: Meaning] = [
        "--broker-list": .value(["--bootstrap-server", "%"]),
        "--admin.config": .value(["--command-config", "%"]),
        "--command-property": .value(["--setting", "%"]),
        "--zookeeper": .refused("clusters are reached by their brokers; write -b HOST:PORT"),
        "--zk-tls-config-file": .refused("clusters are reached by their brokers; see -F and -X"),
        "--bootstrap-controller": .refused("brokers ask the controller; write -b HOST:PORT"),
    ]

    /// The rest, by the words that name the command.
    static let byCommand: [String: [String: Meaning]] = [
        "produce": kcat.merging(produce) { $1 },
        "consume": kcat.merging(consume) { $1 },
        "topics list": topics, "topics describe": topics,
        "topics create": topics.merging(creation) { $1 },
        "topics delete": topics, "topics alter": topics,
        "topics trim": [
            "--offset-json-file": .refused(
                "write 'skafka topics trim TOPIC -p 0 --to OFFSET' for each partition")
        ],
        "topics elect": [
            "--partition": .refused("write TOPIC:0,1"),
            "--path-to-json-file": .refused("write TOPIC:0,1 for each topic"),
        ],
        "offsets get": [
            "--partitions": .value(["--partition", "%"]), "--exclude-internal-topics": .flag([]),
        ],
        "configs describe": configs, "configs alter": configs,
        "txn list": [
            "--duration-filter": .value(["--longer-than", "%ms"]),
            "--transactional-id-pattern": .refused("filter what 'skafka txn list --plain' prints"),
        ],
        "txn producers": ["--broker-id": .refused("the partition's leader is asked")],
        "txn hanging": [
            "--broker-id": .refused("name topics, or none for all"),
            "--max-transaction-timeout": .value(["--older-than", "%m"]),
            "--partition": .refused("all partitions of the topics are looked at"),
        ],
    ]

    /// Those of kcat that are one letter.
    private static let kcat: [String: Meaning] = [
        "-m": .value(["--timeout", "%s"]),
        "-V": .flag(["--version"]),
        "-L": .refused("write 'skafka topics describe' or 'skafka cluster describe'"),
        "-Q": .refused("write 'skafka offsets get TOPIC --time MS'"),
        "-M": .refused("write 'skafka broker --ephemeral' for a broker to test with"),
    ]

    private static let produce: [String: Meaning] = [
        "-E": .flag(["--on-error", "continue"]),
        "-C": .refused("write 'skafka consume'"),
        "-G": .refused("write 'skafka consume -g GROUP TOPIC…'"),
        "--message-send-max-retries": .value(["--setting", "retries=%"]),
        "--retry-backoff-ms": .value(["--setting", "retry.backoff.ms=%"]),
        "--request-timeout-ms": .value(["--setting", "request.timeout.ms=%"]),
        "--metadata-expiry-ms": .value(["--setting", "metadata.max.age.ms=%"]),
        "--max-memory-bytes": .value(["--setting", "buffer.memory=%"]),
        "--max-partition-memory-bytes": .value(["--batch-size", "%"]),
        "--socket-buffer-size": .value(["--setting", "send.buffer.bytes=%"]),
        "--max-block-ms": .value(["--timeout", "%ms"]),
    ]

    private static let consume: [String: Meaning] = [
        "-E": .flag([]),
        "-P": .refused("write 'skafka produce'"),
        "-G": .value(["--group", "%"]),
        "-s": .refused(
            "write -f '%k{int32} %v\\n'; %k and %v know int16, int32, int64, float32 and float64"),
        "--whitelist": .value(["--include", "%"]),
        "--new-consumer": .flag([]),
        "--key-deserializer": .value(["--property", "key.deserializer=%"]),
        "--value-deserializer": .value(["--property", "value.deserializer=%"]),
        "--enable-systest-events": .refused("they are for Kafka's own tests; -v says more"),
    ]

    private static let topics: [String: Meaning] = [
        "--force": .flag([]),
        "--exclude-internal": .flag([]),
        "--topic-id": .refused("write the topic's name; 'skafka topics describe' shows both"),
        "--replica-assignment": .refused(
            "make the topic, then write 'skafka topics reassign TOPIC:0 --replicas 1,2'"),
        // It says how much is asked for at once, and nothing of what is shown.
        "--partition-size-limit-per-response": .value([]),
    ]

    /// Of rpk, kaf, kafkactl and kcl.
    private static let creation: [String: Meaning] = [
        "-p": .value(["--partitions", "%"]), "-r": .value(["--replication-factor", "%"]),
    ]

    private static let configs: [String: Meaning] = [
        "--force": .flag([]),
        "--broker-defaults": .flag(["--broker", "default"]),
        "--broker-logger": .value(["--entity-type", "broker-loggers", "--entity-name", "%"]),
        "--user": quotas("--user"), "--user-defaults": quotas("--user default"),
        "--client": quotas("--client-id"), "--client-defaults": quotas("--client-id default"),
        "--ip": quotas("--ip"), "--ip-defaults": quotas("--ip default"),
    ]

    private static func quotas(_ option: String) -> Meaning {
        .refused("these are quotas; write 'skafka quotas describe' or 'alter' with \(option)")
    }
}
