import KafkaBase
import KafkaLog
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct AlterHandlersTests {
    private typealias Incremental = IncrementalAlterConfigsRequest

    private func incremental(
        _ name: String, type: Int8 = 2, _ configs: [(String, Int8, String?)],
        validateOnly: Bool = false
    ) -> Incremental {
        var resource = Incremental.AlterConfigsResource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configs = configs.map { name, operation, value in
            var config = Incremental.AlterableConfig()
            config.name = name
            config.configOperation = operation
            config.value = value
            return config
        }
        var request = Incremental()
        request.resources = [resource]
        request.validateOnly = validateOnly
        return request
    }

    private func describe(
        _ broker: TestBroker, type: Int8 = 2, _ name: String, _ key: String
    ) async throws -> DescribeConfigsResponse.DescribeConfigsResourceResult? {
        var resource = DescribeConfigsRequest.DescribeConfigsResource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configurationKeys = [key]
        var request = DescribeConfigsRequest()
        request.resources = [resource]
        request.includeSynonyms = true
        return try await broker.send(request).results[0].configs.first
    }

    @Test(arguments: IncrementalAlterConfigsHandler.servedVersions)
    func `A topic's settings change for the next request`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            #expect(try await broker.produce(TestBatch.bytes("first")).errorCode == .none)
            let response = try await broker.send(
                incremental("t", [("max.message.bytes", 0, "10"), ("segment.ms", 0, "7")]),
                version: version)
            #expect(response.responses[0].errorCode == .none)
            #expect(response.responses[0].resourceName == "t")
            let refused = try await broker.produce(TestBatch.bytes("second"))
            #expect(refused.errorCode == .messageTooLarge)
            #expect(try await broker.on { $0.log.settings.segmentMs } == 7)
            let shown = try await describe(broker, "t", "segment.ms")
            #expect(shown?.value == "7" && shown?.configSource == 1)
            _ = try await broker.send(incremental("t", [("max.message.bytes", 1, nil)]))
            #expect(try await broker.produce(TestBatch.bytes("second")).errorCode == .none)
        }
    }

    @Test(arguments: AlterConfigsHandler.servedVersions)
    func `AlterConfigs replaces what a topic sets`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            _ = try await broker.send(incremental("t", [("segment.ms", 0, "7")]))
            var request = AlterConfigsRequest()
            request.resources = ["t", "nope"].map { name in
                var resource = AlterConfigsRequest.AlterConfigsResource()
                resource.resourceType = 2
                resource.resourceName = name
                var config = AlterConfigsRequest.AlterableConfig()
                config.name = "retention.ms"
                config.value = "5"
                resource.configs = [config]
                return resource
            }
            let response = try await broker.send(request, version: version)
            #expect(
                response.responses.map(\.errorCode) == [.none, .unknownTopicOrPartition])
            #expect(response.responses[1].errorMessage == "The topic 'nope' does not exist.")
            #expect(try await broker.on { $0.log.settings.retentionMs } == 5)
            #expect(try await broker.on { $0.log.settings.segmentMs } == 604_800_000)
        }
    }

    @Test func `Only checking changes nothing, and what is wrong neither`() async throws {
        try await TestBroker.with { broker in
            let checked = try await broker.send(
                incremental("t", [("segment.ms", 0, "7")], validateOnly: true))
            #expect(checked.responses[0].errorCode == .none)
            let wrong = try await broker.send(
                incremental("t", [("segment.ms", 0, "7"), ("bogus", 0, "1")]))
            #expect(wrong.responses[0].errorCode == .invalidConfig)
            #expect(try await broker.on { $0.log.settings.segmentMs } == 604_800_000)
            var twice = incremental("t", [("segment.ms", 0, "7")])
            twice.resources += twice.resources
            let refused = try await broker.send(twice)
            #expect(refused.responses.map(\.errorCode) == [.invalidRequest, .invalidRequest])
        }
    }

    @Test func `The broker's settings change, the more special one counts`() async throws {
        let directory = try TemporaryDirectory()
        let topics = [BrokerOptions.InitialTopic(name: "t")]
        let settings = ["log.retention.ms": "4000"]
        let first = try await TestBroker.start(directory.path, settings: settings, topics: topics)
        for (name, value) in [("", "3000"), ("0", "2000")] {
            let response = try await first.send(
                incremental(name, type: 4, [("log.retention.ms", 0, value)]))
            #expect(response.responses[0].errorCode == .none)
            let inForce = try await first.on { $0.log.settings.retentionMs }
            #expect("\(inForce)" == value)
        }
        let refused = try await first.send(
            incremental("0", type: 4, [("num.partitions", 0, "3")]))
        #expect(refused.responses[0].errorCode == .invalidRequest)
        await first.stop()

        let second = try await TestBroker.start(directory.path, settings: settings)
        #expect(try await second.on { $0.log.settings.retentionMs } == 2000)
        let topic = try await describe(second, "t", "retention.ms")
        #expect(topic?.configSource == 2 && topic?.value == "2000")
        #expect(topic?.synonyms.map(\.source) == [2, 3, 4, 5])
        #expect(topic?.synonyms.map(\.value) == ["2000", "3000", "4000", "168"])
        let broker = try await describe(second, type: 4, "0", "log.retention.ms")
        #expect(broker?.configSource == 2 && broker?.readOnly == false)
        let fixed = try await describe(second, type: 4, "0", "num.partitions")
        #expect(fixed?.configSource == 5 && fixed?.readOnly == true)
        let defaults = try await describe(second, type: 4, "", "log.retention.ms")
        #expect(defaults?.value == "3000" && defaults?.configSource == 3)
        _ = try await second.send(incremental("0", type: 4, [("log.retention.ms", 1, nil)]))
        #expect(try await second.on { $0.log.settings.retentionMs } == 3000)
        await second.stop()
    }

    @Test func `The cleaner's settings are in force at once, and after a restart`() async throws {
        let directory = try TemporaryDirectory()
        let first = try await TestBroker.start(directory.path)
        let response = try await first.send(
            incremental(
                "", type: 4,
                [
                    ("log.cleaner.threads", 0, "2"), ("log.cleaner.backoff.ms", 0, "7"),
                    ("log.cleaner.io.max.bytes.per.second", 0, "1e6"),
                    ("log.cleaner.dedupe.buffer.size", 0, "2048"),
                ]))
        #expect(response.responses[0].errorCode == .none)
        func check(_ broker: TestBroker) async throws {
            let cleaner = broker.broker.storage.settings.current.cleaner
            #expect(cleaner.options.threads == 2 && cleaner.backoffMs == 7)
            #expect(cleaner.options.bytesPerSecond == 1e6 && cleaner.options.mapBytes == 2048)
            let shown = try await describe(broker, type: 4, "0", "log.cleaner.threads")
            #expect(shown?.configSource == 3 && shown?.readOnly == false)
        }
        try await check(first)
        let refused = try await first.send(
            incremental("", type: 4, [("log.cleaner.threads", 0, "5")]))
        #expect(refused.responses[0].errorCode == .invalidRequest)
        await first.stop()
        let second = try await TestBroker.start(directory.path)
        try await check(second)
        await second.stop()
    }

    @Test func `The broker logs from another level on until it ends`() async throws {
        try await TestBroker.with { broker in
            let before = try await describe(broker, type: 8, "0", "root")
            #expect(before?.configSource == 6 && before?.value == "FATAL")
            for (changes, name, code) in [
                ([("root", 0, "ERROR")], "0", ErrorCode.none),
                ([("root", 0, "LOUD")], "0", .invalidConfig),
                ([("kafka", 0, "INFO")], "0", .invalidConfig),
                ([("root", 1, nil)], "0", .invalidRequest),
                ([("root", 2, "INFO")], "0", .invalidRequest),
                ([("root", 0, "INFO")], "1", .invalidRequest),
                ([("root", 0, "INFO")], "", .invalidRequest),
            ] as [([(String, Int8, String?)], String, ErrorCode)] {
                let response = try await broker.send(incremental(name, type: 8, changes))
                #expect(response.responses[0].errorCode == code, "\(changes)")
            }
            _ = try await broker.send(
                incremental("0", type: 8, [("root", 0, "INFO")], validateOnly: true))
            #expect(try await describe(broker, type: 8, "0", "root")?.value == "ERROR")
            var request = AlterConfigsRequest()
            var resource = AlterConfigsRequest.AlterConfigsResource()
            resource.resourceType = 8
            resource.resourceName = "0"
            request.resources = [resource]
            #expect(try await broker.send(request).responses[0].errorCode == .invalidRequest)
        }
    }

    @Test func `Subscriptions to clients' metrics are kept, shown and listed`() async throws {
        let directory = try TemporaryDirectory()
        let first = try await TestBroker.start(directory.path)
        let taken = try await first.send(
            incremental("slow", type: 16, [("metrics", 0, "a.,b."), ("interval.ms", 0, "1000")]))
        #expect(taken.responses[0].errorCode == .none)
        let appended = try await first.send(incremental("slow", type: 16, [("metrics", 2, "c.")]))
        #expect(appended.responses[0].errorCode == .none)
        let refused = try await first.send(incremental("s", type: 16, [("interval.ms", 0, "1")]))
        #expect(refused.responses[0].errorCode == .invalidRequest)
        await first.stop()

        let second = try await TestBroker.start(directory.path)
        let shown = try await describe(second, type: 16, "slow", "metrics")
        #expect(shown?.value == "a.,b.,c." && shown?.configSource == 7)
        let usual = try await describe(second, type: 16, "other", "interval.ms")
        #expect(usual?.value == "300000" && usual?.configSource == 5)
        func names() async throws -> [String] {
            try await second.send(ListConfigResourcesRequest(), version: 0)
                .configResources.map(\.resourceName)
        }
        #expect(try await names() == ["slow"])
        _ = try await second.send(
            incremental("slow", type: 16, [("metrics", 1, nil), ("interval.ms", 1, nil)]))
        #expect(try await names().isEmpty)
        await second.stop()
    }

    // MARK: CreatePartitions

    private func increase(_ counts: [(String, Int32)]) -> CreatePartitionsRequest {
        var request = CreatePartitionsRequest()
        request.timeoutMs = 1000
        request.topics = counts.map { name, count in
            var topic = CreatePartitionsRequest.CreatePartitionsTopic()
            topic.name = name
            topic.count = count
            topic.assignments = nil
            return topic
        }
        return request
    }

    @Test(arguments: CreatePartitionsHandler.servedVersions)
    func `Partitions are added, records stay`(_ version: Int16) async throws {
        let directory = try TemporaryDirectory()
        let topics = [BrokerOptions.InitialTopic(name: "t", partitions: 2)]
        let broker = try await TestBroker.start(directory.path, topics: topics)
        _ = try await broker.produce(TestBatch.bytes("kept"))
        let response = try await broker.send(
            increase([("t", 4), ("nope", 3)]), version: version)
        let codes = Dictionary(
            uniqueKeysWithValues: response.results.map { ($0.name, $0.errorCode) })
        #expect(codes == ["t": ErrorCode.none, "nope": .unknownTopicOrPartition])
        #expect(try await broker.metadata(["t"]).topics[0].partitions.count == 4)
        #expect(try await broker.produce(TestBatch.bytes("new"), partition: 3).errorCode == .none)
        #expect(try await broker.fetch(TestBroker.fetchRequest()).highWatermark == 1)
        await broker.stop()
        let again = try await TestBroker.start(directory.path)
        #expect(try await again.metadata(["t"]).topics[0].partitions.count == 4)
        let data = try await again.fetch(TestBroker.fetchRequest(partition: 3))
        #expect(data.highWatermark == 1)
        await again.stop()
    }

    @Test func `What is no increase is refused`() async throws {
        try await TestBroker.with { broker in
            let response = try await broker.send(increase([("t", 2)]))
            #expect(response.results[0].errorCode == .invalidPartitions)
            #expect(response.results[0].errorMessage == "Topic already has 2 partition(s).")
            let fewer = try await broker.send(increase([("t", 1)]))
            #expect(
                fewer.results[0].errorMessage
                    == "The topic t currently has 2 partition(s); 1 would not be an increase.")
            let many = try await broker.send(increase([("t", 20_000)]))
            #expect(many.results[0].errorCode == .policyViolation)
            let twice = try await broker.send(increase([("t", 3), ("t", 4)]))
            #expect(twice.results.map(\.errorCode) == [.invalidRequest])
            var checked = increase([("t", 3)])
            checked.validateOnly = true
            #expect(try await broker.send(checked).results[0].errorCode == .none)
            checked.topics[0].assignments = []
            #expect(
                try await broker.send(checked).results[0].errorCode
                    == .invalidReplicaAssignment)
            #expect(try await broker.metadata(["t"]).topics[0].partitions.count == 2)
        }
    }

    @Test func `A group has settings before it has members`() async throws {
        try await TestBroker.with { broker in
            let name = "consumer.session.timeout.ms"
            let before = try await describe(broker, type: 32, "g", name)
            #expect(before?.value == "45000" && before?.configSource == 5)
            let response = try await broker.send(
                incremental("g", type: 32, [(name, 0, "50000")]))
            #expect(response.responses[0].errorCode == .none)
            let after = try await describe(broker, type: 32, "g", name)
            #expect(after?.value == "50000" && after?.configSource == 8)
            #expect(after?.synonyms.map(\.source) == [8, 5])
            let refused = try await broker.send(incremental("g", type: 32, [(name, 0, "1")]))
            #expect(refused.responses[0].errorCode == .invalidConfig)
        }
    }
}
