import KafkaBase
import KafkaLog
import KafkaRecords
import Testing

@testable import KafkaBroker

@Suite struct SettingsTests {
    @Test func `Kafka's defaults hold where nothing is given`() throws {
        let settings = try BrokerSettings()
        #expect(settings.nodeID == 0)
        #expect(settings.defaultPartitions == 1)
        #expect(settings.maxRequestBytes == 104_857_600)
        #expect(settings.autoCreateTopics)
        let topic = TopicSettings(overrides: [:], broker: settings)
        #expect(topic.maxMessageBytes == 1_048_588)
        #expect(topic.timestampAfterMaxMs == 3_600_000)
        #expect(!topic.isCompacted && !topic.isLogAppendTime && topic.compression == nil)
    }

    @Test func `Other names are the same settings`() throws {
        #expect(try BrokerSettings(["broker.id": "7"]).nodeID == 7)
    }

    @Test func `An unknown name is told the nearest`() throws {
        let error = #expect(throws: SettingError.self) {
            try BrokerSettings(["num.partition": "3"])
        }
        #expect(error == .unknown(name: "num.partition", nearest: "num.partitions"))
    }

    @Test func `Kafka's settings that mean nothing here are taken`() throws {
        let settings = try BrokerSettings([
            "num.network.threads": "3", "controller.quorum.voters": "1@localhost:9093",
            "num.partitions": "4",
        ])
        #expect(settings.ignoredNames == ["controller.quorum.voters", "num.network.threads"])
        #expect(settings.defaultPartitions == 4)
    }

    @Test(arguments: [
        ("num.partitions", "0"), ("num.partitions", "many"), ("num.partitions", "2147483648"),
        ("auto.create.topics.enable", "yes"), ("log.cleanup.policy", "compact,shred"),
        ("log.cleaner.min.cleanable.ratio", "1.5"), ("log.message.timestamp.type", "Now"),
    ])
    func `Values that do not fit are refused`(_ name: String, _ value: String) {
        #expect(throws: SettingError.self) { try BrokerSettings([name: value]) }
    }

    @Test func `A topic's own value comes first, then the broker's, then the default`() throws {
        let broker = try BrokerSettings(["log.retention.hours": "2", "message.max.bytes": "99"])
        let definition = try #require(TopicSettings.definition(of: "retention.ms"))
        let plain = TopicSettings(overrides: [:], broker: broker)
        #expect(plain.number(of: "retention.ms") == 7_200_000)
        #expect(plain.maxMessageBytes == 99)
        let own = TopicSettings(overrides: ["retention.ms": "5"], broker: broker)
        #expect(
            own.origins(of: definition) == [
                .init(name: "retention.ms", value: "5", source: .topic),
                .init(
                    name: "log.retention.hours", value: "7200000", source: .staticBroker,
                    given: "2"),
                .init(
                    name: "log.retention.hours", value: "604800000", source: .defaultValue,
                    given: "168"),
            ])
    }

    @Test func `The broker's own names for one thing are told behind the one asked for`() throws {
        let broker = try BrokerSettings(["log.retention.hours": "2", "log.retention.ms": "-1"])
        func origins(_ name: String) throws -> [TopicSettings.Origin] {
            broker.origins(of: try #require(BrokerSettings.definition(of: name)))
        }
        let hours = [
            TopicSettings.Origin(name: "log.retention.hours", value: "2", source: .staticBroker),
            .init(name: "log.retention.hours", value: "168", source: .defaultValue),
        ]
        let ms = TopicSettings.Origin(name: "log.retention.ms", value: "-1", source: .staticBroker)
        #expect(try origins("log.retention.ms") == [ms] + hours)
        #expect(try origins("log.retention.hours") == hours)
        #expect(try origins("log.retention.minutes").isEmpty)
        #expect(try origins("log.roll.ms").isEmpty)
    }

    @Test func `The strongest of the broker's names wins`() throws {
        let broker = try BrokerSettings(["log.retention.hours": "2", "log.retention.ms": "-1"])
        let topic = TopicSettings(overrides: [:], broker: broker)
        #expect(topic.number(of: "retention.ms") == -1)
    }

    @Test func `What the log is told follows the topic`() throws {
        let topic = TopicSettings(
            overrides: [
                "segment.bytes": "1000", "segment.ms": "2000", "index.interval.bytes": "30",
                "segment.index.bytes": "40",
            ], broker: try BrokerSettings())
        #expect(topic.log.segmentBytes == 1000 && topic.log.segmentMs == 2000)
        #expect(topic.log.indexIntervalBytes == 30 && topic.log.indexSizeMaxBytes == 40)
        #expect(!topic.log.isCompacted)
        let compacted = TopicSettings(
            overrides: ["cleanup.policy": "compact,delete"], broker: try BrokerSettings())
        #expect(compacted.log.isCompacted)
    }

    @Test func `Compression is a codec with the topic's level, or the producer's`() throws {
        let broker = try BrokerSettings()
        func compression(_ overrides: [String: String]) -> String? {
            TopicSettings(overrides: overrides, broker: broker).compression.map {
                "\($0.codec) \($0.level.map(String.init) ?? "-")"
            }
        }
        #expect(compression(["compression.type": "uncompressed"]) == "none -")
        #expect(
            compression(["compression.type": "zstd", "compression.zstd.level": "5"]) == "zstd 5")
        #expect(compression(["compression.type": "snappy"]) == "snappy -")
        #expect(compression(["compression.type": "gzip"])?.hasPrefix("gzip") == true)
    }

    @Test func `Every default satisfies its own definition`() throws {
        for definition in BrokerSettings.definitions + TopicSettings.definitions
            + GroupConfig.definitions
        {
            guard let value = definition.defaultValue else { continue }
            #expect(try definition.validated(value) == value, "\(definition.name)")
        }
    }

    @Test func `Every broker's setting that a topic or a group falls back on exists`() {
        let names = Set(BrokerSettings.definitions.map(\.name))
        for definition in TopicSettings.definitions + GroupConfig.definitions {
            for synonym in definition.synonyms {
                #expect(names.contains(synonym), "\(definition.name) falls back on \(synonym)")
            }
        }
    }

    @Test func `Times of consumer groups have to fit together`() throws {
        let settings = try BrokerSettings([
            "group.consumer.min.session.timeout.ms": "6000",
            "group.consumer.session.timeout.ms": "6000",
            "group.consumer.assignors": "range,uniform",
        ])
        let group = GroupConfig(
            overrides: ["consumer.heartbeat.interval.ms": "5500"], broker: settings
        ).consumer
        #expect(group.sessionTimeoutMs == 6000 && group.heartbeatIntervalMs == 5500)
        #expect(group.assignors == [.range, .uniform])
        #expect(group.migrationPolicy == .bidirectional)
        for wrong in [
            ["group.consumer.session.timeout.ms": "6000"],
            [
                "group.consumer.max.session.timeout.ms": "45001",
                "group.consumer.session.timeout.ms": "46000",
            ],
            ["group.consumer.max.heartbeat.interval.ms": "4000"],
            [
                "group.consumer.heartbeat.interval.ms": "45000",
                "group.consumer.max.heartbeat.interval.ms": "45000",
            ],
        ] {
            #expect(throws: SettingError.self) { try BrokerSettings(wrong) }
        }
    }
}
