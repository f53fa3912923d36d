import KafkaBase
import KafkaTransport
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct ClusterHandlersTests {
    @Test(arguments: ApiVersionsHandler.servedVersions)
    func `Every version of ApiVersions tells what is served`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            var request = ApiVersionsRequest()
            request.clientSoftwareName = "test"
            request.clientSoftwareVersion = "1.0"
            let response = try await broker.send(request, version: version)
            #expect(response.errorCode == .none)
            let keys = response.apiKeys.map(\.apiKey)
            #expect(keys == keys.sorted() && Set(keys).count == keys.count)
            let byKey = Dictionary(
                uniqueKeysWithValues: response.apiKeys.map {
                    (ApiKey(rawValue: $0.apiKey), $0.minVersion...$0.maxVersion)
                })
            // librdkafka takes the codecs it may use from Produce's lowest version.
            #expect(byKey[.produce] == 0...13)
            #expect(byKey[.fetch] == 4...18)
            #expect(byKey[.metadata] == 0...13)
            #expect(byKey[.apiVersions] == 0...4)
            #expect(byKey[ApiKey(rawValue: 4)] == nil, "what is not served is not told")
            #expect(response.supportedFeatures.isEmpty == (version < 3))
        }
    }

    @Test(arguments: ["", "a b", "-a", "a-"])
    func `A client's software needs a name`(_ name: String) async throws {
        try await TestBroker.with { broker in
            var request = ApiVersionsRequest()
            request.clientSoftwareName = name
            request.clientSoftwareVersion = "1.0"
            let response = try await broker.send(request, version: 3)
            #expect(response.errorCode == .invalidRequest)
        }
    }

    @Test(arguments: FindCoordinatorHandler.servedVersions)
    func `Every version of FindCoordinator finds this node`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            var request = FindCoordinatorRequest()
            if version >= 4 {
                request.coordinatorKeys = ["a", "b"]
                let found = try await broker.send(request, version: version).coordinators
                #expect(found.map(\.key) == ["a", "b"])
                #expect(found.allSatisfy { $0.nodeId == 0 && $0.errorCode == .none })
            } else {
                request.key = "a"
                let found = try await broker.send(request, version: version)
                #expect(found.nodeId == 0 && found.errorCode == .none)
            }
        }
    }

    @Test(arguments: DescribeClusterHandler.servedVersions)
    func `Every version of DescribeCluster tells this node`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            let response = try await broker.send(DescribeClusterRequest(), version: version)
            #expect(response.errorCode == .none)
            #expect(response.brokers.map(\.brokerId) == [0] && response.controllerId == 0)
            let metadata = try await broker.metadata([])
            #expect(response.clusterId == metadata.clusterId)
        }
    }

    @Test(arguments: InitProducerIdHandler.servedVersions)
    func `Every version of InitProducerId hands out new ids`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            var request = InitProducerIdRequest()
            request.transactionalId = nil
            request.transactionTimeoutMs = 1000
            var ids: [Int64] = []
            for _ in 0..<3 {
                let response = try await broker.send(request, version: version)
                #expect(response.errorCode == .none && response.producerEpoch == 0)
                ids.append(response.producerId)
            }
            #expect(ids == [0, 1, 2])
            request.transactionalId = "tx"
            let refused = try await broker.send(request, version: version)
            #expect(refused.errorCode == .notCoordinator, "nobody has asked for one")
            #expect(refused.producerId == -1)
        }
    }

    @Test(arguments: DescribeLogDirsHandler.servedVersions)
    func `Every version of DescribeLogDirs tells sizes`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            let batch = TestBatch.bytes("a")
            _ = try await broker.produce(batch)
            var request = DescribeLogDirsRequest()
            request.topics = nil
            let response = try await broker.send(request, version: version)
            let topic = try #require(response.results.first?.topics.first)
            #expect(topic.name == "t")
            #expect(
                topic.partitions.map(\.partitionSize) == [Int64(batch.readableBytes), 0])
            if version >= 4 { #expect(response.results[0].totalBytes > 0) }
        }
    }

    // MARK: DescribeConfigs

    private func describe(
        _ type: Int8, _ name: String, keys: [String]? = nil, version: Int16 = 4,
        _ broker: TestBroker
    ) async throws -> DescribeConfigsResponse.DescribeConfigsResult {
        var resource = DescribeConfigsRequest.DescribeConfigsResource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configurationKeys = keys
        var request = DescribeConfigsRequest()
        request.resources = [resource]
        request.includeSynonyms = true
        request.includeDocumentation = version >= 3
        return try await broker.send(request, version: version).results[0]
    }

    @Test(arguments: DescribeConfigsHandler.servedVersions)
    func `Every version of DescribeConfigs tells topics and the broker`(
        _ version: Int16
    ) async throws {
        try await TestBroker.with(settings: ["log.retention.ms": "5"]) { broker in
            let topic = try await describe(2, "t", version: version, broker)
            #expect(topic.errorCode == .none)
            #expect(topic.configs.count == TopicSettings.definitions.count)
            let retention = topic.configs.first { $0.name == "retention.ms" }
            #expect(retention?.value == "5" && retention?.configSource == 4)
            #expect(
                retention?.synonyms.map(\.name) == ["log.retention.ms", "log.retention.hours"])
            if version >= 3 {
                #expect(retention?.configType == 5)
                #expect(retention?.documentation?.isEmpty == false)
            }
            let node = try await describe(4, "0", version: version, broker)
            #expect(node.configs.count == BrokerSettings.definitions.count)
        }
    }

    @Test func `The broker tells where it listens`() async throws {
        let directory = try TemporaryDirectory()
        var options = try TestBroker.options(directory.path)
        options.listeners.append(.tcp(host: "127.0.0.1", port: 0))
        options.advertised = .init(host: "kafka.example")
        let broker = try await TestBroker.start(options)
        var resource = DescribeConfigsRequest.DescribeConfigsResource()
        resource.resourceType = 4
        resource.resourceName = "0"
        resource.configurationKeys = ["listeners", "advertised.listeners", "log.dirs"]
        var request = DescribeConfigsRequest()
        request.resources = [resource]
        let configs = try await broker.send(request).results[0].configs
        guard case .tcp(_, let port) = broker.broker.boundAddresses[1] else { return }
        #expect(
            Dictionary(uniqueKeysWithValues: configs.map { ($0.name, $0.value) }) == [
                "listeners": "PLAINTEXT://127.0.0.1:\(port)",
                "advertised.listeners": "PLAINTEXT://kafka.example:\(port)",
                "log.dirs": directory.path,
            ])
        #expect(configs.allSatisfy { $0.configSource == 4 && $0.readOnly })
        await broker.stop()
    }

    @Test func `Only what is asked for, and nothing of others`() async throws {
        try await TestBroker.with { broker in
            let some = try await describe(2, "t", keys: ["retention.ms", "nope"], broker)
            #expect(some.configs.map(\.name) == ["retention.ms"])
            let unknown = try await describe(2, "nope", broker)
            #expect(unknown.errorCode == .unknownTopicOrPartition)
            let other = try await describe(4, "1", broker)
            #expect(other.errorCode == .invalidRequest)
            let kind = try await describe(77, "x", broker)
            #expect(kind.errorCode == .invalidRequest)
        }
    }
}
