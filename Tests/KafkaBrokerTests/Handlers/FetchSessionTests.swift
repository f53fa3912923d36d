import KafkaBase
import KafkaTransport
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

@Suite struct FetchSessionTests {
    /// Requests of one client that has a session.
    private struct Client {
        let broker: TestBroker
        let version: Int16
        let topicID: Uuid
        var sessionID: Int32 = 0
        var epoch: Int32 = 0

        init(_ broker: TestBroker, version: Int16) async throws {
            self.broker = broker
            self.version = version
            topicID = try await broker.topicID()
        }

        mutating func fetch(
            _ positions: [(partition: Int32, offset: Int64)], maxWaitMs: Int32 = 0,
            maxBytes: Int32 = .max, forgotten: [Int32] = []
        ) async throws -> FetchResponse {
            var request = TestBroker.fetchRequest(maxWaitMs: maxWaitMs, maxBytes: maxBytes)
            let model = request.topics[0].partitions[0]
            request.topics[0].topicId = topicID
            request.topics[0].partitions = positions.map { partition, offset in
                var asked = model
                asked.partition = partition
                asked.fetchOffset = offset
                return asked
            }
            if positions.isEmpty { request.topics = [] }
            if !forgotten.isEmpty {
                var topic = FetchRequest.ForgottenTopic()
                topic.topic = "t"
                topic.topicId = topicID
                topic.partitions = forgotten
                request.forgottenTopicsData = [topic]
            }
            request.sessionId = sessionID
            request.sessionEpoch = epoch
            let response = try await broker.send(request, version: version)
            if response.errorCode == .none {
                sessionID = response.sessionId
                epoch += 1
            }
            return response
        }
    }

    private func told(_ response: FetchResponse) -> [Int32] {
        response.responses.flatMap { $0.partitions.map(\.partitionIndex) }
    }

    @Test(arguments: FetchHandler.servedVersions.filter { $0 >= 7 })
    func `A session tells what is new, in every version`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            var client = try await Client(broker, version: version)
            let first = try await client.fetch([(0, 0), (1, 0)])
            #expect(first.errorCode == .none && first.sessionId > 0)
            #expect(told(first) == [0, 1])
            #expect(try await told(client.fetch([])) == [])
            _ = try await broker.produce(TestBatch.bytes("a"), partition: 1)
            let second = try await client.fetch([])
            #expect(told(second) == [1] && second.sessionId == first.sessionId)
            let data = second.responses[0].partitions[0]
            #expect(try TestBatch.values(data.records?.buffer ?? ByteBuffer()) == ["a"])
            #expect(data.preferredReadReplica == -1)
            #expect(try await told(client.fetch([(1, 1)], forgotten: [0])) == [])
            _ = try await broker.produce(TestBatch.bytes("b"), partition: 0)
            #expect(try await told(client.fetch([])) == [], "what was forgotten is not read")
        }
    }

    @Test func `Below version 7 nobody has a session`() async throws {
        try await TestBroker.with { broker in
            for version: Int16 in 4...6 {
                let response = try await broker.send(
                    TestBroker.fetchRequest(), version: version)
                #expect(response.sessionId == 0 && told(response) == [0])
            }
        }
    }

    @Test func `A request of the session waits for news of any partition`() async throws {
        try await TestBroker.with { broker in
            let other = try await TestBroker.connect(to: broker.broker)
            var client = try await Client(broker, version: 15)
            _ = try await client.fetch([(0, 0), (1, 0)])
            var waiter = client
            async let waiting = waiter.fetch([], maxWaitMs: 15_000)
            try await broker.untilWaiting("t", 1)
            _ = try await other.send(
                TestBroker.produceRequest(TestBatch.bytes("late"), partition: 1), version: 9,
                timeoutMs: TestBroker.timeoutMs
            ).get()
            #expect(try await told(waiting) == [1])
            other.close()
        }
    }

    @Test func `What is not the session's is refused`() async throws {
        try await TestBroker.with { broker in
            var client = try await Client(broker, version: 12)
            _ = try await client.fetch([(0, 0)])
            client.epoch = 5
            let epoch = try await client.fetch([])
            #expect(epoch.errorCode == .invalidFetchSessionEpoch && epoch.responses.isEmpty)
            var byID = try await Client(broker, version: 13)
            (byID.sessionID, byID.epoch) = (client.sessionID, 1)
            #expect(try await byID.fetch([]).errorCode == .fetchSessionTopicIdError)
            client.sessionID = client.sessionID == 1 ? 2 : 1
            let unknown = try await client.fetch([])
            #expect(unknown.errorCode == .fetchSessionIdNotFound && unknown.sessionId == 0)
        }
    }

    @Test func `Sessions are as many as the setting says`() async throws {
        let settings = ["max.incremental.fetch.session.cache.slots": "1"]
        try await TestBroker.with(settings: settings) { broker in
            var first = try await Client(broker, version: 11)
            var second = first
            #expect(try await first.fetch([(0, 0)]).sessionId > 0)
            #expect(try await second.fetch([(0, 0)]).sessionId == 0)
        }
    }

    @Test func `All partitions have their turn, however little fits into a response`()
        async throws
    {
        try await TestBroker.with(topics: [.init(name: "t", partitions: 5)]) { broker in
            for partition: Int32 in 0..<5 {
                _ = try await broker.produce(TestBatch.bytes("x"), partition: partition)
            }
            var client = try await Client(broker, version: 11)
            // The first batch is all that fits; the offset of none moves.
            var turns = [
                try await client.fetch((0..<5).map { ($0, 0) }, maxBytes: 1)
            ]
            for _ in 0..<10 { turns.append(try await client.fetch([], maxBytes: 1)) }
            let served = turns.flatMap { response in
                response.responses.flatMap(\.partitions).filter(\.hasRecords)
                    .map(\.partitionIndex)
            }
            #expect(served.count == 11)
            #expect(Set(served.dropFirst().prefix(5)) == [0, 1, 2, 3, 4])
            #expect(Array(served[1..<6]) == Array(served[6..<11]))
        }
    }

    // MARK: Topics that come and go

    @Test func `A topic that was made anew is another one`() async throws {
        try await TestBroker.with { broker in
            var byID = try await Client(broker, version: 13)
            var byName = try await Client(broker, version: 12)
            _ = try await byID.fetch([(0, 0)])
            _ = try await byName.fetch([(0, 0)])
            #expect(try await broker.deleteTopic("t") == .none)
            for response in [try await byID.fetch([]), try await byName.fetch([])] {
                let data = try #require(response.responses.first?.partitions.first)
                #expect(data.errorCode == .unknownTopicOrPartition)
            }
            #expect(try await broker.createTopic("t", partitions: 1) == .none)
            let old = try await byID.fetch([])
            #expect(old.responses.first?.topicId == byID.topicID)
            #expect(old.responses.first?.partitions.first?.errorCode == .inconsistentTopicId)
            let new = try await byName.fetch([])
            #expect(new.responses.first?.partitions.first?.errorCode == ErrorCode.none)
            byID.sessionID = 0
            byID.epoch = 0
            let full = try await byID.fetch([(0, 0)])
            #expect(full.responses.first?.partitions.first?.errorCode == .unknownTopicId)
        }
    }

    @Test func `What is not there does not end the wait for the rest`() async throws {
        try await TestBroker.with { broker in
            let other = try await TestBroker.connect(to: broker.broker)
            var request = TestBroker.fetchRequest(maxWaitMs: 15_000)
            var unknown = request.topics[0].partitions[0]
            unknown.partition = 9
            request.topics[0].partitions.append(unknown)
            let waiter = request
            async let waiting = broker.send(waiter, version: 11)
            try await broker.untilWaiting("t", 0)
            _ = try await other.send(
                TestBroker.produceRequest(TestBatch.bytes("late")), version: 9,
                timeoutMs: TestBroker.timeoutMs
            ).get()
            let answers = try await waiting.responses[0].partitions
            #expect(answers.map(\.errorCode) == [.none, .unknownTopicOrPartition])
            #expect(answers[0].hasRecords)
            // Nothing but what is not there: no wait at all.
            request.topics[0].partitions.removeFirst()
            let none = try await broker.send(request, version: 11).responses[0].partitions
            #expect(none.map(\.errorCode) == [.unknownTopicOrPartition])
            other.close()
        }
    }

    // MARK: Positions

    @Test func `The log start is told when it moves, and what lies below is out of range`()
        async throws
    {
        try await TestBroker.with { broker in
            for value in ["a", "b"] { _ = try await broker.produce(TestBatch.bytes(value)) }
            var client = try await Client(broker, version: 15)
            _ = try await client.fetch([(0, 2), (1, 0)])
            #expect(try await told(client.fetch([])) == [])
            var asked = DeleteRecordsRequest.DeleteRecordsPartition()
            asked.offset = 1
            var topic = DeleteRecordsRequest.DeleteRecordsTopic()
            topic.name = "t"
            topic.partitions = [asked]
            var request = DeleteRecordsRequest()
            request.topics = [topic]
            #expect(try await broker.send(request).topics[0].partitions[0].errorCode == .none)
            let moved = try await client.fetch([])
            #expect(told(moved) == [0])
            #expect(moved.responses.first?.partitions.first?.logStartOffset == 1)
            let below = try await client.fetch([(0, 0)])
            let data = try #require(below.responses.first?.partitions.first)
            #expect(data.errorCode == .offsetOutOfRange && data.records?.count == 0)
            #expect(data.highWatermark == -1 && data.logStartOffset == -1)
            #expect(data.lastStableOffset == -1)
        }
    }

    @Test(arguments: [
        (Int32(0), Int64(1), ErrorCode.none, Int64(-1)), (0, 2, .none, -1), (0, 3, .none, 2),
        (3, 1, .offsetOutOfRange, -1),
    ])
    func `The epoch that was read last is compared with the log`(
        _ epoch: Int32, _ offset: Int64, _ error: ErrorCode, _ divergingEnd: Int64
    ) async throws {
        try await TestBroker.with { broker in
            _ = try await broker.produce(TestBatch.bytes("a", "b"))
            var request = TestBroker.fetchRequest(from: offset)
            request.topics[0].partitions[0].lastFetchedEpoch = epoch
            let data = try await broker.fetch(request, version: 12)
            #expect(data.errorCode == error)
            #expect(data.divergingEpoch.endOffset == divergingEnd)
            #expect(data.hasRecords == (error == .none && divergingEnd < 0 && offset < 2))
        }
    }

    @Test(arguments: [Int16(14), 15])
    func `Nobody else is a replica`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            var request = TestBroker.fetchRequest()
            request.topics[0].topicId = try await broker.topicID()
            if version >= 15 { request.replicaState.replicaId = 1 } else { request.replicaId = 1 }
            #expect(
                try await broker.fetch(request, version: version).errorCode
                    == .notLeaderForPartition)
            request.topics[0].partitions[0].currentLeaderEpoch = 0
            #expect(
                try await broker.fetch(request, version: version).errorCode == .unknownLeaderEpoch)
        }
    }
}
