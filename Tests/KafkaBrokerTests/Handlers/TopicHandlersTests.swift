import KafkaBase
import KafkaWire
import Testing

@testable import KafkaBroker

@Suite struct TopicHandlersTests {
    private func createRequest(
        _ names: String..., partitions: Int32 = 3, configs: [String: String] = [:]
    ) -> CreateTopicsRequest {
        var request = CreateTopicsRequest()
        request.topics = names.map { name in
            var topic = CreateTopicsRequest.CreatableTopic()
            topic.name = name
            topic.numPartitions = partitions
            topic.replicationFactor = -1
            topic.configs = configs.map { name, value in
                var config = CreateTopicsRequest.CreatableTopicConfig()
                config.name = name
                config.value = value
                return config
            }
            return topic
        }
        return request
    }

    @Test(arguments: CreateTopicsHandler.servedVersions)
    func `Every version of CreateTopics makes topics and refuses each by itself`(
        _ version: Int16
    ) async throws {
        try await TestBroker.with { broker in
            let response = try await broker.send(
                createRequest("new", "t", "a/b", configs: ["retention.ms": "5"]),
                version: version)
            let byName = Dictionary(
                uniqueKeysWithValues: response.topics.map { ($0.name, $0) })
            #expect(byName["new"]?.errorCode == ErrorCode.none)
            #expect(byName["t"]?.errorCode == .topicAlreadyExists)
            #expect(byName["t"]?.errorMessage == "Topic 't' already exists.")
            #expect(byName["a/b"]?.errorCode == .invalidTopicException)
            let topic = try await broker.metadata(["new"]).topics[0]
            #expect(topic.partitions.map(\.partitionIndex) == [0, 1, 2])
            #expect(topic.partitions.allSatisfy { $0.leaderId == 0 && $0.isrNodes == [0] })
            if version >= 7 { #expect(byName["new"]?.topicId == topic.topicId) }
            if version >= 5 {
                #expect(byName["new"]?.numPartitions == 3)
                let retention = byName["new"]?.configs?.first { $0.name == "retention.ms" }
                #expect(retention?.value == "5" && retention?.configSource == 1)
            }
        }
    }

    @Test func `Only checking makes nothing`() async throws {
        try await TestBroker.with { broker in
            var request = createRequest("new")
            request.validateOnly = true
            let response = try await broker.send(request)
            #expect(response.topics[0].errorCode == .none)
            let topic = try await broker.metadata(["new"]).topics[0]
            #expect(topic.errorCode == .unknownTopicOrPartition)
        }
    }

    @Test func `A topic named twice is refused`() async throws {
        try await TestBroker.with { broker in
            let response = try await broker.send(createRequest("x", "x", "y"))
            #expect(response.topics.first { $0.name == "x" }?.errorCode == .invalidRequest)
            #expect(response.topics.first { $0.name == "y" }?.errorCode == ErrorCode.none)
            #expect(response.topics.count == 2)
        }
    }

    @Test func `Too many partitions at once are refused`() async throws {
        try await TestBroker.with { broker in
            let response = try await broker.send(createRequest("x", partitions: 10_001))
            #expect(response.topics[0].errorCode == .policyViolation)
        }
    }

    @Test(arguments: DeleteTopicsHandler.servedVersions)
    func `Every version of DeleteTopics deletes, and the name is free again`(
        _ version: Int16
    ) async throws {
        try await TestBroker.with { broker in
            _ = try await broker.produce(TestBatch.bytes("old"))
            let id = try await broker.metadata(["t"]).topics[0].topicId
            var request = DeleteTopicsRequest()
            if version >= 6 {
                request.topics = [.init(), .init()]
                request.topics[0].name = "t"
                request.topics[1].name = "nope"
            } else {
                request.topicNames = ["t", "nope"]
            }
            let response = try await broker.send(request, version: version)
            #expect(response.responses.map(\.name) == ["t", "nope"])
            #expect(
                response.responses.map(\.errorCode) == [.none, .unknownTopicOrPartition])
            #expect(try await broker.send(createRequest("t")).topics[0].errorCode == .none)
            let data = try await broker.fetch(TestBroker.fetchRequest())
            #expect(data.highWatermark == 0)
            #expect(try await broker.metadata(["t"]).topics[0].topicId != id)
        }
    }

    @Test func `Topics are deleted by id too`() async throws {
        try await TestBroker.with { broker in
            var request = DeleteTopicsRequest()
            request.topics = [.init(), .init(), .init()]
            request.topics[0].topicId = try await broker.metadata(["t"]).topics[0].topicId
            request.topics[1].topicId = .random()
            request.topics[2].topicId = .random()
            request.topics[2].name = "both"
            let response = try await broker.send(request, version: 6)
            #expect(
                response.responses.map(\.errorCode) == [.none, .unknownTopicId, .invalidRequest])
            #expect(response.responses[0].name == "t")
        }
    }

    @Test func `A topic that is to be deleted twice stays`() async throws {
        try await TestBroker.with { broker in
            let id = try await broker.metadata(["t"]).topics[0].topicId
            var request = DeleteTopicsRequest()
            request.topics = [.init(), .init(), .init()]
            request.topics[0].name = "t"
            request.topics[1].topicId = id
            let response = try await broker.send(request, version: 6)
            #expect(
                response.responses.map(\.errorMessage) == [
                    "Duplicate topic name.", "Duplicate topic id.",
                    "Neither topic name nor id were specified.",
                ])
            #expect(response.responses.allSatisfy { $0.errorCode == .invalidRequest })
            #expect(try await broker.metadata(["t"]).topics[0].topicId == id)
        }
    }

    @Test func `Deleting can be switched off`() async throws {
        try await TestBroker.with(settings: ["delete.topic.enable": "false"]) { broker in
            var request = DeleteTopicsRequest()
            request.topicNames = ["t"]
            let response = try await broker.send(request, version: 5)
            #expect(response.responses[0].errorCode == .topicDeletionDisabled)
        }
    }

    // MARK: Metadata

    @Test(arguments: MetadataHandler.servedVersions)
    func `Every version of Metadata tells broker and topics`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            // Versions below 4 cannot say that nothing is to be made.
            let autoCreate = version < 4
            let all = try await broker.metadata(
                version == 0 ? [] : nil, autoCreate: autoCreate, version: version)
            #expect(all.brokers.map(\.nodeId) == [0])
            #expect(all.brokers[0].host == "localhost" && all.brokers[0].port == 0)
            #expect(all.topics.map(\.name) == ["t"])
            #expect(all.topics[0].partitions.count == 2)
            if version >= 1 {
                #expect(all.controllerId == 0)
                let none = try await broker.metadata(
                    [], autoCreate: autoCreate, version: version)
                #expect(none.topics.isEmpty)
            }
            let some = try await broker.metadata(
                ["t", "nope", "a/b"], autoCreate: autoCreate, version: version)
            let unknown: ErrorCode = autoCreate ? .none : .unknownTopicOrPartition
            #expect(some.topics.map(\.errorCode) == [.none, unknown, .invalidTopicException])
            if version >= 10 { #expect(some.topics[0].topicId != .zero) }
        }
    }

    /// Java's clients leave an empty name beside the id.
    @Test(arguments: [nil, ""])
    func `Topics are asked for by id`(_ name: String?) async throws {
        try await TestBroker.with { broker in
            let id = try await broker.metadata(["t"]).topics[0].topicId
            var request = MetadataRequest()
            request.topics = [id, Uuid(high: 1, low: 2)].map { id in
                var topic = MetadataRequest.MetadataRequestTopic()
                topic.name = name
                topic.topicId = id
                return topic
            }
            request.allowAutoTopicCreation = true
            let topics = try await broker.send(request, version: 12).topics
            #expect(topics.map(\.name) == ["t", nil])
            #expect(topics.map(\.errorCode) == [.none, .unknownTopicId])
            #expect(topics.map(\.topicId) == [id, Uuid(high: 1, low: 2)])
        }
    }

    @Test(arguments: [true, false])
    func `Unknown topics are made where broker and client allow it`(
        _ isAllowed: Bool
    ) async throws {
        let settings = ["auto.create.topics.enable": "\(isAllowed)", "num.partitions": "4"]
        try await TestBroker.with(settings: settings) { broker in
            let first = try await broker.metadata(["auto", "auto"], autoCreate: true)
            let second = try await broker.metadata(["auto"], autoCreate: false)
            if isAllowed {
                #expect(first.topics.map(\.errorCode) == [.none])
                #expect(second.topics[0].partitions.count == 4)
            } else {
                #expect(second.topics[0].errorCode == .unknownTopicOrPartition)
            }
        }
    }

    @Test func `What a request names again and again is told once`() async throws {
        try await TestBroker.with { broker in
            let topics = try await broker.metadata(["t", "x", "t", "x", "t"]).topics
            #expect(topics.map(\.name) == ["t", "x"])
            let id = try #require(topics.first).topicId
            var byID = MetadataRequest()
            byID.topics = [.init(), .init(), .init()]
            for index in [0, 2] { byID.topics?[index].topicId = id }
            byID.topics?[1].topicId = .random()
            for index in 0..<3 { byID.topics?[index].name = nil }
            let found = try await broker.send(byID, version: 12).topics
            #expect(found.map(\.errorCode) == [.none, .unknownTopicId])
            var configs = DescribeConfigsRequest()
            configs.resources = [.init(), .init(), .init()]
            for index in 0..<3 {
                configs.resources[index].resourceType = index == 1 ? 4 : 2
                configs.resources[index].resourceName = index == 1 ? "0" : "t"
            }
            let results = try await broker.send(configs, version: 4).results
            #expect(results.map(\.resourceType) == [2, 4])
            var groups = DescribeGroupsRequest()
            groups.groups = ["g", "h", "g"]
            let described = try await broker.send(groups, version: 5).groups
            #expect(described.map(\.groupId) == ["g", "h"])
        }
    }

    @Test func `Internal topics are not made by asking`() async throws {
        try await TestBroker.with { broker in
            let response = try await broker.metadata(["__consumer_offsets"], autoCreate: true)
            #expect(response.topics[0].errorCode == .unknownTopicOrPartition)
        }
    }

    @Test func `Operations are told to who asks`() async throws {
        try await TestBroker.with { broker in
            var request = MetadataRequest()
            request.topics = nil
            request.includeClusterAuthorizedOperations = true
            request.includeTopicAuthorizedOperations = true
            let response = try await broker.send(request, version: 10)
            #expect(response.clusterAuthorizedOperations == 8096)
            #expect(response.topics[0].topicAuthorizedOperations == 3576)
        }
    }

    @Test func `Topics come page by page`() async throws {
        let topics: [BrokerOptions.InitialTopic] = [
            .init(name: "a", partitions: 3), .init(name: "b", partitions: 2),
            .init(name: "c", partitions: 1),
        ]
        try await TestBroker.with(topics: topics) { broker in
            var seen: [String] = []
            var request = DescribeTopicPartitionsRequest()
            request.responsePartitionLimit = 2
            var pages = 0
            while pages < 10 {
                let response = try await broker.send(request)
                for topic in response.topics {
                    seen += topic.partitions.map { "\(topic.name ?? "")\($0.partitionIndex)" }
                }
                pages += 1
                guard let cursor = response.nextCursor else { break }
                var next = DescribeTopicPartitionsRequest.Cursor()
                next.topicName = cursor.topicName
                next.partitionIndex = cursor.partitionIndex
                request.cursor = next
            }
            #expect(seen == ["a0", "a1", "a2", "b0", "b1", "c0"])
            #expect(pages == 3)
        }
    }
}
