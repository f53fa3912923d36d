import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

/// What a client may do that ACLs bound: each API as Kafka's `KafkaApis` has it.
@Suite struct AuthorizationTests {
    // MARK: Topics

    @Test func `Topics are hidden from who may not describe them`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            #expect(try await client.metadata(nil).topics.isEmpty)
            let refused = try await client.metadata(["t", "nowhere"], autoCreate: true).topics
            #expect(refused.count == 2)
            #expect(refused.allSatisfy { $0.errorCode == .topicAuthorizationFailed })
            #expect(refused.allSatisfy { $0.topicId == .zero && $0.partitions.isEmpty })
            try await world.allow(.describe, .topic, "t")
            #expect(try await client.metadata(nil).topics.map(\.name) == ["t"])
            #expect(try await client.metadata(["t"]).topics[0].partitions.count == 2)

            var paged = DescribeTopicPartitionsRequest()
            paged.responsePartitionLimit = 10
            #expect(try await client.send(paged).topics.map(\.name) == ["t"])
            paged.topics = ["other", "t"].map { name in
                var topic = DescribeTopicPartitionsRequest.TopicRequest()
                topic.name = name
                return topic
            }
            let answers = try await client.send(paged).topics
            #expect(answers.map(\.errorCode) == [.topicAuthorizationFailed, .none])
        }
    }

    @Test func `Topics by their ids are told to be refused`() async throws {
        try await AuthorizedBroker.with { world in
            var asked = MetadataRequest.MetadataRequestTopic()
            asked.name = nil
            asked.topicId = try await world.owner.topicID("t")
            var request = MetadataRequest()
            request.topics = [asked]
            let topic = try await world.client.send(request, version: 12).topics[0]
            #expect(topic.errorCode == .topicAuthorizationFailed)
            #expect(topic.name == nil && topic.topicId == asked.topicId)
        }
    }

    @Test func `Writing and reading are allowed one by one`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            let batch = { TestBatch.bytes("a") }
            #expect(try await client.produce(batch()).errorCode == .topicAuthorizationFailed)
            #expect(
                try await client.produce(batch(), to: "nowhere").errorCode
                    == .topicAuthorizationFailed)
            try await world.allow(.write, .topic, "t")
            #expect(try await client.produce(batch()).errorCode == .none)
            #expect(
                try await client.produce(batch(), to: "other").errorCode
                    == .topicAuthorizationFailed)

            let fetch = TestBroker.fetchRequest(maxWaitMs: 10_000)
            #expect(try await client.fetch(fetch).errorCode == .topicAuthorizationFailed)
            // Writing implies to describe.
            #expect(try await client.listOffset(-1).offset == 1)
            #expect(
                try await client.listOffset(-1, topic: "other").errorCode
                    == .topicAuthorizationFailed)
            try await world.allow(.read, .topic, "t")
            #expect(try await client.fetch(fetch).highWatermark == 1)
            var replica = fetch
            replica.replicaId = 1
            #expect(try await client.fetch(replica).errorCode == .topicAuthorizationFailed)
        }
    }

    @Test func `Topics by ids are written and read alike`() async throws {
        try await AuthorizedBroker.with { world in
            var produce = TestBroker.produceRequest(TestBatch.bytes("a"))
            produce.topicData[0].name = ""
            produce.topicData[0].topicId = try await world.owner.topicID("t")
            let codes = { (id: Uuid?) in
                var request = produce
                if let id { request.topicData[0].topicId = id }
                return try await world.client.send(request, version: 13).responses[0]
                    .partitionResponses[0].errorCode
            }
            #expect(try await codes(nil) == .topicAuthorizationFailed)
            #expect(try await codes(.random()) == .unknownTopicId)
            try await world.allow(.write, .topic, "t")
            #expect(try await codes(nil) == .none)
            var fetch = TestBroker.fetchRequest()
            fetch.topics[0].topic = ""
            fetch.topics[0].topicId = produce.topicData[0].topicId
            #expect(
                try await world.client.fetch(fetch, version: 13).errorCode
                    == .topicAuthorizationFailed)
        }
    }

    @Test func `Topics are created by who may create them, or all`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            #expect(try await client.createTopic("new") == .topicAuthorizationFailed)
            try await world.allow(.create, .topic, "new")
            // Its settings are not to be seen by that.
            var topic = CreateTopicsRequest.CreatableTopic()
            topic.name = "new"
            topic.numPartitions = 1
            topic.replicationFactor = 1
            var request = CreateTopicsRequest()
            request.topics = [topic]
            let made = try await client.send(request, version: 7).topics[0]
            #expect(made.errorCode == .none && made.topicId != .zero)
            #expect(made.topicConfigErrorCode == .topicAuthorizationFailed)
            #expect(made.numPartitions == -1)
            try await world.allow(.describe, .topic, "auto-", patternType: .prefixed)
            #expect(
                try await client.metadata(["auto-1"], autoCreate: true).topics[0].errorCode
                    == .topicAuthorizationFailed)
            try await world.allow(.create, .cluster, AclResource.clusterName)
            #expect(
                try await client.metadata(["auto-1"], autoCreate: true).topics[0].errorCode
                    == .none)
            #expect(try await client.createTopic("any") == .none)
        }
    }

    @Test func `Topics are deleted, extended and cut by who may`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            #expect(try await client.deleteTopic("t") == .topicAuthorizationFailed)
            #expect(try await client.deleteTopic("nowhere") == .topicAuthorizationFailed)
            try await world.allow(.describe, .topic, "*")
            #expect(try await client.deleteTopic("t") == .topicAuthorizationFailed)
            #expect(try await client.deleteTopic("nowhere") == .unknownTopicOrPartition)

            var more = CreatePartitionsRequest.CreatePartitionsTopic()
            more.name = "t"
            more.count = 3
            more.assignments = nil
            var extend = CreatePartitionsRequest()
            extend.topics = [more]
            #expect(
                try await client.send(extend).results[0].errorCode == .topicAuthorizationFailed)
            try await world.allow(.alter, .topic, "t")
            #expect(try await client.send(extend).results[0].errorCode == .none)

            var partition = DeleteRecordsRequest.DeleteRecordsPartition()
            partition.offset = -1
            var cutTopic = DeleteRecordsRequest.DeleteRecordsTopic()
            cutTopic.name = "t"
            cutTopic.partitions = [partition]
            var cut = DeleteRecordsRequest()
            cut.topics = [cutTopic]
            let code = { try await client.send(cut).topics[0].partitions[0].errorCode }
            #expect(try await code() == .topicAuthorizationFailed)
            try await world.allow(.delete, .topic, "t")
            #expect(try await code() == .none)
            #expect(try await client.deleteTopic("t") == .none)
        }
    }

    @Test func `Topics are deleted by id without telling their names`() async throws {
        try await AuthorizedBroker.with { world in
            var asked = DeleteTopicsRequest.DeleteTopicState()
            asked.name = nil
            asked.topicId = try await world.owner.topicID("t")
            var request = DeleteTopicsRequest()
            request.topics = [asked]
            var answer = try await world.client.send(request, version: 6).responses[0]
            #expect(answer.errorCode == .topicAuthorizationFailed && answer.name == nil)
            try await world.allow(.read, .topic, "t")
            answer = try await world.client.send(request, version: 6).responses[0]
            #expect(answer.errorCode == .topicAuthorizationFailed && answer.name == "t")
            request.topics[0].topicId = .random()
            answer = try await world.client.send(request, version: 6).responses[0]
            #expect(answer.errorCode == .unknownTopicId)
            try await world.allow(.delete, .cluster, AclResource.clusterName)
            request.topics = [asked]
            answer = try await world.client.send(request, version: 6).responses[0]
            #expect(answer.errorCode == .none)
        }
    }

    // MARK: The cluster

    @Test func `The cluster is seen and changed by who may`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            let codes = { () async throws -> [ErrorCode] in
                [
                    try await client.send(DescribeLogDirsRequest()).errorCode,
                    try await client.send(ListPartitionReassignmentsRequest()).errorCode,
                    try await client.send(DescribeClientQuotasRequest()).errorCode,
                    try await client.send(ListConfigResourcesRequest()).errorCode,
                    try await client.send(UpdateFeaturesRequest()).errorCode,
                    try await client.send(AlterPartitionReassignmentsRequest()).errorCode,
                    try await client.send(ElectLeadersRequest()).errorCode,
                ]
            }
            let refused = ErrorCode.clusterAuthorizationFailed
            #expect(try await codes() == Array(repeating: refused, count: 7))
            try await world.allow(.describe, .cluster, AclResource.clusterName)
            #expect(try await codes()[..<3] == [.none, .none, refused])
            try await world.allow(.alterConfigs, .cluster, AclResource.clusterName)
            #expect(try await codes()[2...4] == [.none, .none, refused])
            try await world.allow(.alter, .cluster, AclResource.clusterName)
            #expect(try await codes() == Array(repeating: .none, count: 7))
        }
    }

    @Test func `ACLs are the matter of who may alter the cluster`() async throws {
        try await AuthorizedBroker.with { world in
            let acl = Acl(.allow, "User:ANONYMOUS", .all, .topic, "*")
            var error = await #expect(throws: TestBroker.Refused.self) {
                try await world.client.create([acl])
            }
            #expect(error?.code == .clusterAuthorizationFailed)
            error = await #expect(throws: TestBroker.Refused.self) {
                try await world.client.describeAcls()
            }
            #expect(error?.code == .clusterAuthorizationFailed)
            try await world.allow(.alter, .cluster, AclResource.clusterName)
            try await world.client.create([acl])
            #expect(try await world.client.describeAcls().count == 2)
        }
    }

    @Test func `Settings are seen and changed resource by resource`() async throws {
        try await AuthorizedBroker.with { world in
            let resources: [(ConfigResourceType, String)] = [
                (.topic, "t"), (.broker, "0"), (.group, "g"),
            ]
            let describe = { () async throws -> [ErrorCode] in
                var request = DescribeConfigsRequest()
                request.resources = resources.map { type, name in
                    var resource = DescribeConfigsRequest.DescribeConfigsResource()
                    resource.resourceType = type.rawValue
                    resource.resourceName = name
                    return resource
                }
                return try await world.client.send(request).results.map(\.errorCode)
            }
            let alter = { () async throws -> [ErrorCode] in
                var request = IncrementalAlterConfigsRequest()
                request.resources = resources.map { type, name in
                    var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
                    resource.resourceType = type.rawValue
                    resource.resourceName = name
                    return resource
                }
                return try await world.client.send(request).responses.map(\.errorCode)
            }
            let refused: [ErrorCode] = [
                .topicAuthorizationFailed, .clusterAuthorizationFailed, .groupAuthorizationFailed,
            ]
            #expect(try await describe() == refused)
            #expect(try await alter() == refused)
            try await world.allow(.describeConfigs, .topic, "t")
            try await world.allow(.alterConfigs, .group, "g")
            #expect(try await describe() == [.none, refused[1], .none])
            #expect(try await alter() == [refused[0], refused[1], .none])
        }
    }

    @Test func `Clients are told what they may do`() async throws {
        try await AuthorizedBroker.with { world in
            try await world.allow(.read, .topic, "t")
            try await world.allow(.alterConfigs, .topic, "t")
            var request = MetadataRequest()
            request.topics = nil
            request.includeTopicAuthorizedOperations = true
            request.includeClusterAuthorizedOperations = true
            var answer = try await world.client.send(request, version: 8)
            // Read, describe, describe and alter configs.
            #expect(answer.topics.map(\.topicAuthorizedOperations) == [3336])
            #expect(answer.clusterAuthorizedOperations == 0)
            try await world.allow(.describe, .cluster, AclResource.clusterName)
            answer = try await world.client.send(request, version: 8)
            #expect(answer.clusterAuthorizedOperations == 256)
            var cluster = DescribeClusterRequest()
            cluster.includeClusterAuthorizedOperations = true
            #expect(
                try await world.client.send(cluster).clusterAuthorizedOperations == 256)
        }
    }

    // MARK: Who is not bounded

    @Test func `Super users may do everything`() async throws {
        let settings = ["super.users": "User:admin;User:ANONYMOUS"]
        try await AuthorizedBroker.with(settings: settings) { world in
            try await world.owner.create([Acl(.deny, "User:*", .all, .topic, "*")])
            #expect(try await world.client.metadata(nil).topics.count == 2)
            #expect(try await world.client.createTopic("new") == .none)
        }
    }

    @Test func `What no ACL is about may be everybody's`() async throws {
        let settings = ["allow.everyone.if.no.acl.found": "true"]
        try await AuthorizedBroker.with(settings: settings) { world in
            try await world.owner.create([Acl(.allow, "User:somebody", .read, .topic, "t")])
            #expect(try await world.client.metadata(nil).topics.map(\.name) == ["other"])
            #expect(
                try await world.client.produce(TestBatch.bytes("a"), to: "other").errorCode
                    == .none)
            var request = InitProducerIdRequest()
            request.transactionalId = nil
            #expect(try await world.client.send(request).errorCode == .none)
        }
    }
}
