import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

/// What a client may do to groups and transactions that ACLs bound.
@Suite struct CoordinatorAuthorizationTests {
    /// Has the coordinators' topics made.
    private func prepare(_ broker: TestBroker) async throws {
        for keyType: Int8 in 0...1 {
            var request = FindCoordinatorRequest()
            request.keyType = keyType
            request.coordinatorKeys = ["any"]
            #expect(try await broker.send(request).coordinators[0].errorCode == .none)
        }
    }

    private func commit(
        _ broker: TestBroker, _ topics: [String] = ["t"], version: Int16 = 9
    ) async throws -> [ErrorCode] {
        var request = OffsetCommitRequest()
        request.groupId = "g"
        request.generationIdOrMemberEpoch = -1
        request.topics = topics.map { name in
            var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
            partition.committedOffset = 5
            var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
            topic.name = name
            topic.partitions = [partition]
            return topic
        }
        return try await broker.send(request, version: version).topics
            .map { $0.partitions[0].errorCode }
    }

    private func committed(
        _ broker: TestBroker, _ topics: [String]?
    ) async throws -> (error: ErrorCode, topics: [String: ErrorCode]) {
        var group = OffsetFetchRequest.OffsetFetchRequestGroup()
        group.groupId = "g"
        group.topics = topics?.map { name in
            var topic = OffsetFetchRequest.OffsetFetchRequestTopics()
            topic.name = name
            topic.partitionIndexes = [0]
            return topic
        }
        var request = OffsetFetchRequest()
        request.groups = [group]
        let answer = try await broker.send(request, version: 9).groups[0]
        return (
            answer.errorCode,
            Dictionary(
                uniqueKeysWithValues: answer.topics.map { ($0.name, $0.partitions[0].errorCode) })
        )
    }

    @Test func `Members of a group are those that may read it`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            try await prepare(world.owner)
            var join = JoinGroupRequest()
            join.groupId = "g"
            var sync = SyncGroupRequest()
            sync.groupId = "g"
            var heartbeat = HeartbeatRequest()
            heartbeat.groupId = "g"
            var leave = LeaveGroupRequest()
            leave.groupId = "g"
            var consumer = ConsumerGroupHeartbeatRequest()
            consumer.groupId = "g"
            consumer.subscribedTopicNames = ["t"]
            let codes = { () async throws -> [ErrorCode] in
                [
                    try await client.send(join).errorCode, try await client.send(sync).errorCode,
                    try await client.send(heartbeat).errorCode,
                    try await client.send(leave).errorCode,
                    try await client.send(consumer).errorCode,
                ]
            }
            let refused = ErrorCode.groupAuthorizationFailed
            #expect(try await codes() == Array(repeating: refused, count: 5))
            try await world.allow(.read, .group, "g")
            let allowed = try await codes()
            #expect(!allowed.contains(refused))
            // It must be allowed to know of the topics too.
            #expect(allowed[4] == .topicAuthorizationFailed)
        }
    }

    @Test func `A regular expression stands for topics that the member may describe`() async throws
    {
        try await AuthorizedBroker.with { world in
            try await prepare(world.owner)
            try await world.allow(.read, .group, "g")
            try await world.allow(.describe, .topic, "t")
            var request = ConsumerGroupHeartbeatRequest()
            request.groupId = "g"
            request.memberId = "m"
            request.rebalanceTimeoutMs = 10_000
            request.subscribedTopicRegex = "t|other"
            request.topicPartitions = []
            let joined = try await world.client.send(request)
            #expect(joined.errorCode == .none)
            let next = { (epoch: Int32) async throws in
                var request = ConsumerGroupHeartbeatRequest()
                request.groupId = "g"
                request.memberId = "m"
                request.memberEpoch = epoch
                return try await world.client.send(request)
            }
            // The first is answered before it is known what the expression stands for.
            let first = try await next(joined.memberEpoch)
            let partitions = first.assignment?.topicPartitions.map(\.partitions)
            #expect(partitions == [[0, 1]])
            try await world.allow(.describe, .topic, "other")
            let both = try await next(first.memberEpoch)
            #expect(both.assignment?.topicPartitions.count == 2)
        }
    }

    @Test func `Coordinators are found by who may describe what they keep`() async throws {
        try await AuthorizedBroker.with { world in
            var request = FindCoordinatorRequest()
            request.coordinatorKeys = ["g", "h"]
            let refused = try await world.client.send(request).coordinators
            #expect(refused.allSatisfy { $0.errorCode == .groupAuthorizationFailed })
            // Nothing is made for who may not use it.
            #expect(try await world.owner.metadata(nil).topics.count == 2)
            try await world.allow(.describe, .group, "g")
            let mixed = try await world.client.send(request).coordinators
            #expect(mixed.map(\.errorCode) == [.none, .groupAuthorizationFailed])
            #expect(mixed.map(\.nodeId) == [0, -1])
            var single = FindCoordinatorRequest()
            single.keyType = 1
            single.key = "x"
            let id = try await world.client.send(single, version: 3)
            #expect(id.errorCode == .transactionalIdAuthorizationFailed && id.nodeId == -1)
        }
    }

    @Test func `Offsets are committed by who may read group and topic`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            try await prepare(world.owner)
            #expect(try await commit(client) == [.groupAuthorizationFailed])
            try await world.allow(.read, .group, "g")
            try await world.allow(.read, .topic, "t")
            #expect(
                try await commit(client, ["other", "t", "nowhere"])
                    == [.topicAuthorizationFailed, .none, .topicAuthorizationFailed])
            #expect(try await commit(world.owner, ["other"]) == [.none])
            let asked = try await committed(client, ["t", "other"])
            #expect(asked.error == .none)
            #expect(asked.topics == ["t": .none, "other": .topicAuthorizationFailed])
            #expect(try await committed(client, nil).topics == ["t": .none])
            #expect(try await committed(world.owner, nil).topics.count == 2)
        }
    }

    @Test func `Groups are listed, described and deleted by who may`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            try await prepare(world.owner)
            #expect(try await commit(world.owner) == [.none])
            var describe = DescribeGroupsRequest()
            describe.groups = ["g"]
            describe.includeAuthorizedOperations = true
            var delete = DeleteGroupsRequest()
            delete.groupsNames = ["g"]
            let refused = ErrorCode.groupAuthorizationFailed
            #expect(try await committed(client, nil).error == refused)
            #expect(try await client.send(ListGroupsRequest()).groups.isEmpty)
            #expect(try await client.send(describe, version: 5).groups[0].errorCode == refused)
            #expect(try await client.send(delete).results[0].errorCode == refused)
            try await world.allow(.describe, .group, "g")
            #expect(try await client.send(ListGroupsRequest()).groups.map(\.groupId) == ["g"])
            let described = try await client.send(describe, version: 5).groups[0]
            #expect(described.errorCode == .none && described.authorizedOperations == 256)
            #expect(try await client.send(delete).results[0].errorCode == refused)

            var partition = OffsetDeleteRequest.OffsetDeleteRequestPartition()
            partition.partitionIndex = 0
            var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
            topic.name = "t"
            topic.partitions = [partition]
            var forget = OffsetDeleteRequest()
            forget.groupId = "g"
            forget.topics = [topic]
            #expect(try await client.send(forget).errorCode == refused)
            try await world.allow(.delete, .group, "g")
            let forgotten = try await client.send(forget)
            #expect(forgotten.errorCode == .none)
            #expect(forgotten.topics[0].partitions[0].errorCode == .topicAuthorizationFailed)
            #expect(try await client.send(delete).results[0].errorCode == .none)
        }
    }

    @Test func `Producer ids are for who may write, to any topic at all`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            try await prepare(world.owner)
            var request = InitProducerIdRequest()
            request.transactionalId = nil
            let plain = request
            let idempotent = { try await client.send(plain).errorCode }
            #expect(try await idempotent() == .clusterAuthorizationFailed)
            try await world.allow(.write, .topic, "t")
            #expect(try await idempotent() == .none)
            request.transactionalId = "x"
            request.transactionTimeoutMs = 10_000
            #expect(
                try await client.send(request).errorCode == .transactionalIdAuthorizationFailed)
            try await world.allow(.write, .transactionalID, "x")
            #expect(try await client.send(request).errorCode == .none)
        }
    }

    @Test func `Transactions are used by who may write to their id`() async throws {
        try await AuthorizedBroker.with { world in
            let client = world.client
            try await prepare(world.owner)
            let refused = ErrorCode.transactionalIdAuthorizationFailed
            var end = EndTxnRequest()
            end.transactionalId = "x"
            var offsets = AddOffsetsToTxnRequest()
            offsets.transactionalId = "x"
            offsets.groupId = "g"
            var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
            topic.name = "t"
            topic.partitions = [0]
            var add = AddPartitionsToTxnRequest()
            add.v3AndBelowTransactionalId = "x"
            add.v3AndBelowTopics = [topic]
            let added = {
                try await client.send(add, version: 3).resultsByTopicV3AndBelow[0]
                    .resultsByPartition[0].partitionErrorCode
            }
            #expect(try await client.send(end).errorCode == refused)
            #expect(try await client.send(offsets).errorCode == refused)
            #expect(try await added() == refused)
            // Brokers ask like this.
            #expect(
                try await client.send(AddPartitionsToTxnRequest(), version: 4).errorCode
                    == .clusterAuthorizationFailed)
            #expect(try await client.send(ListTransactionsRequest()).transactionStates.isEmpty)
            var describe = DescribeTransactionsRequest()
            describe.transactionalIds = ["x"]
            #expect(try await client.send(describe).transactionStates[0].errorCode == refused)

            try await world.allow(.write, .transactionalID, "x")
            #expect(try await client.send(end).errorCode != refused)
            #expect(try await client.send(offsets).errorCode == .groupAuthorizationFailed)
            #expect(try await added() == .topicAuthorizationFailed)
            #expect(
                try await client.send(describe).transactionStates[0].errorCode
                    == .transactionalIdNotFound)
        }
    }

    @Test func `A group's topics are told to who may describe them`() async throws {
        try await AuthorizedBroker.with { world in
            try await prepare(world.owner)
            var join = ConsumerGroupHeartbeatRequest()
            join.groupId = "g"
            join.memberId = Uuid.random().description
            join.rebalanceTimeoutMs = 60_000
            join.subscribedTopicNames = ["t"]
            join.topicPartitions = []
            #expect(try await world.owner.send(join, version: 1).errorCode == .none)
            try await world.allow(.describe, .group, "g")
            var request = ConsumerGroupDescribeRequest()
            request.groupIds = ["g"]
            var group = try await world.client.send(request).groups[0]
            #expect(group.errorCode == .topicAuthorizationFailed && group.members.isEmpty)
            try await world.allow(.describe, .topic, "t")
            group = try await world.client.send(request).groups[0]
            #expect(group.errorCode == .none && group.members.count == 1)
        }
    }
}
