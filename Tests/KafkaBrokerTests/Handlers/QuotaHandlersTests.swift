import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct QuotaHandlersTests {
    /// Two windows of a second: what is used at once is held against one second's quota.
    private let settings = [
        "quota.window.num": "2", "controller.quota.window.num": "1",
    ]
    private let everybody: [(String, String?)] = [("user", nil)]

    private func set(
        _ broker: TestBroker, _ entity: [(String, String?)], _ values: [(String, Double?)],
        validateOnly: Bool = false, version: Int16 = 1
    ) async throws -> ErrorCode {
        var entry = AlterClientQuotasRequest.EntryData()
        entry.entity = entity.map { type, name in
            var part = AlterClientQuotasRequest.EntityData()
            part.entityType = type
            part.entityName = name
            return part
        }
        entry.ops = values.map { key, value in
            var operation = AlterClientQuotasRequest.OpData()
            operation.key = key
            operation.value = value ?? 0
            operation.remove = value == nil
            return operation
        }
        var request = AlterClientQuotasRequest()
        request.entries = [entry]
        request.validateOnly = validateOnly
        return try await broker.send(request, version: version).entries[0].errorCode
    }

    /// Each entity with its quotas as text.
    private func describe(_ broker: TestBroker, version: Int16 = 1) async throws -> [String] {
        let response = try await broker.send(DescribeClientQuotasRequest(), version: version)
        return (response.entries ?? []).map { entry in
            let entity = entry.entity.map { "\($0.entityType) \($0.entityName ?? "*")" }
            return (entity + entry.values.map { "\($0.key) \($0.value)" }).joined(separator: " ")
        }
    }

    @Test(arguments: AlterClientQuotasHandler.servedVersions)
    func `Quotas are kept over a restart`(_ version: Int16) async throws {
        let directory = try TemporaryDirectory()
        var broker = try await TestBroker.start(directory.path)
        let entity: [(String, String?)] = [("user", "a b"), ("client-id", nil)]
        #expect(
            try await set(broker, entity, [("producer_byte_rate", 1e6)], validateOnly: true)
                == .none)
        #expect(try await describe(broker) == [])
        #expect(
            try await set(
                broker, entity, [("producer_byte_rate", 1e6), ("request_percentage", 200)],
                version: version) == .none)
        #expect(
            try await set(broker, [("ip", "::1")], [("connection_creation_rate", 9)]) == .none)
        #expect(
            try await set(broker, [("ip", "::1")], [("producer_byte_rate", 9)]) == .invalidRequest)
        let all = [
            "client-id * user a b producer_byte_rate 1000000.0 request_percentage 200.0",
            "ip ::1 connection_creation_rate 9.0",
        ]
        #expect(try await describe(broker, version: version) == all)
        await broker.stop()
        broker = try await TestBroker.start(directory.path)
        #expect(try await describe(broker) == all)
        await broker.stop()
    }

    @Test func `A filter that makes no sense is answered with its error`() async throws {
        try await TestBroker.with { broker in
            var component = DescribeClientQuotasRequest.ComponentData()
            component.entityType = "planet"
            component.matchType = 2
            var request = DescribeClientQuotasRequest()
            request.components = [component]
            let response = try await broker.send(request)
            #expect(response.errorCode == .unsupportedVersion)
            #expect(response.entries == nil)
        }
    }

    // MARK: Throttling

    /// The first answer with records. A client that is held up for a rounded time may be held up
    /// once more, for a millisecond.
    private func records(
        _ broker: TestBroker, _ request: FetchRequest, version: Int16 = 11
    ) async throws -> Int {
        for _ in 0..<3 {
            let response = try await broker.send(request, version: version)
            if let topic = response.responses.first {
                return topic.partitions[0].records?.count ?? 0
            }
        }
        return 0
    }

    @Test func `Who produces too much is answered at once and served later`() async throws {
        try await TestBroker.with(settings: settings) { broker in
            #expect(
                try await set(broker, everybody, [("producer_byte_rate", 10_000)]) == .none)
            let batch = TestBatch.bytes(String(repeating: "x", count: 12_000))
            let began = NIODeadline.now()
            let response = try await broker.send(TestBroker.produceRequest(batch), version: 9)
            #expect(response.responses[0].partitionResponses[0].errorCode == .none)
            #expect((150...300).contains(response.throttleTimeMs))
            #expect(NIODeadline.now() - began < .milliseconds(150), "the answer does not wait")
            _ = try await broker.metadata(["t"])
            #expect(NIODeadline.now() - began >= .milliseconds(Int64(response.throttleTimeMs)))
        }
    }

    @Test func `Another client is not held up, nor who has no quota any more`() async throws {
        try await TestBroker.with(settings: settings) { broker in
            let batch = TestBatch.bytes(String(repeating: "x", count: 12_000))
            let request = TestBroker.produceRequest(batch)
            #expect(
                try await set(broker, [("client-id", "other")], [("producer_byte_rate", 10)])
                    == .none)
            let without = try await broker.send(request, version: 9)
            #expect(without.throttleTimeMs == 0)
            #expect(
                try await set(broker, [("client-id", "skafka")], [("producer_byte_rate", 5000)])
                    == .none)
            #expect(try await broker.send(request, version: 9).throttleTimeMs > 1000)
            #expect(
                try await set(broker, [("client-id", "skafka")], [("producer_byte_rate", nil)])
                    == .none)
            #expect(try await broker.send(request, version: 9).throttleTimeMs == 0)
        }
    }

    @Test(arguments: [Int16(6), 12])
    func `Who fetches too much gets nothing for a while, then the records`(
        _ version: Int16
    ) async throws {
        try await TestBroker.with(settings: settings) { broker in
            let value = String(repeating: "x", count: 9000)
            _ = try await broker.produce(TestBatch.bytes(value))
            #expect(
                try await set(broker, everybody, [("consumer_byte_rate", 10_000)]) == .none)
            let request = TestBroker.fetchRequest()
            let first = try await broker.send(request, version: version)
            #expect(first.throttleTimeMs == 0)
            #expect(first.responses[0].partitions[0].records?.count ?? 0 > 9000)
            let second = try await broker.send(request, version: version)
            #expect(second.throttleTimeMs > 500)
            #expect(second.responses.isEmpty)
            let began = NIODeadline.now()
            #expect(try await records(broker, request, version: version) > 9000)
            #expect(
                NIODeadline.now() - began
                    >= .milliseconds(Int64(second.throttleTimeMs) - 100))
        }
    }

    @Test func `A session goes on where its client was held up`() async throws {
        try await TestBroker.with(settings: settings) { broker in
            var request = TestBroker.fetchRequest()
            request.sessionEpoch = 0
            let first = try await broker.send(request, version: 11)
            #expect(first.sessionId != 0)
            let value = String(repeating: "x", count: 9000)
            _ = try await broker.produce(TestBatch.bytes(value))
            #expect(
                try await set(broker, everybody, [("consumer_byte_rate", 8000)]) == .none)
            request.topics = []
            request.sessionId = first.sessionId
            request.sessionEpoch = 1
            let held = try await broker.send(request, version: 11)
            #expect(held.throttleTimeMs > 0)
            #expect(held.errorCode == .none)
            #expect(held.sessionId == first.sessionId)
            #expect(held.responses.isEmpty)
            #expect(
                try await set(broker, everybody, [("consumer_byte_rate", nil)]) == .none)
            request.sessionEpoch = 2
            let next = try await broker.send(request, version: 11)
            #expect(next.errorCode == .none)
            #expect(next.responses[0].partitions[0].records?.count ?? 0 > 9000)
        }
    }

    @Test func `A fetch is cut to what the quota allows at once`() async throws {
        try await TestBroker.with(settings: settings) { broker in
            let value = String(repeating: "x", count: 9000)
            for _ in 0..<3 { _ = try await broker.produce(TestBatch.bytes(value)) }
            #expect(
                try await set(broker, everybody, [("consumer_byte_rate", 20_000)]) == .none)
            let count = try await records(broker, TestBroker.fetchRequest())
            #expect((18_000...20_000).contains(count))
        }
    }

    @Test func `Who takes too much time is held up`() async throws {
        try await TestBroker.with(settings: settings) { broker in
            #expect(
                try await set(broker, everybody, [("request_percentage", 0.0001)]) == .none)
            let response = try await broker.metadata(["t"])
            #expect((1...1000).contains(response.throttleTimeMs))
        }
    }

    // MARK: Topics

    @Test(arguments: [(Int16(5), ErrorCode.none), (6, .throttlingQuotaExceeded)])
    func `Who makes too many partitions is refused, or held up where he cannot be told`(
        _ version: Int16, _ refusal: ErrorCode
    ) async throws {
        try await TestBroker.with(settings: settings) { broker in
            #expect(
                try await set(broker, everybody, [("controller_mutation_rate", 10)]) == .none)
            var request = CreateTopicsRequest()
            request.topics = ["a", "b"].map { name in
                var topic = CreateTopicsRequest.CreatableTopic()
                topic.name = name
                topic.numPartitions = 12
                topic.replicationFactor = 1
                return topic
            }
            let response = try await broker.send(request, version: version)
            #expect(
                Set(response.topics.map { "\($0.name) \($0.errorCode)" })
                    == ["a \(ErrorCode.none)", "b \(refusal)"])
            // The first overdraws the bucket of ten by two.
            let expected: ClosedRange<Int32> = refusal == .none ? 1000...1400 : 100...200
            #expect(expected.contains(response.throttleTimeMs))
        }
    }

    @Test func `Partitions that are added and deleted count as well`() async throws {
        try await TestBroker.with(settings: settings) { broker in
            #expect(try await broker.createTopic("many", partitions: 12) == .none)
            #expect(
                try await set(broker, everybody, [("controller_mutation_rate", 10)]) == .none)
            var delete = DeleteTopicsRequest()
            delete.topicNames = ["many", "t"]
            let deleted = try await broker.send(delete, version: 5)
            #expect(deleted.responses.map(\.errorCode) == [.none, .throttlingQuotaExceeded])
            #expect(deleted.throttleTimeMs > 0)
            var topic = CreatePartitionsRequest.CreatePartitionsTopic()
            topic.name = "t"
            topic.count = 20
            topic.assignments = nil
            var increase = CreatePartitionsRequest()
            increase.topics = [topic]
            var results: [ErrorCode] = []
            repeat {
                results.append(try await broker.send(increase).results[0].errorCode)
            } while results.last == .throttlingQuotaExceeded && results.count < 3
            #expect(results.last == ErrorCode.none)
            let again = try await broker.send(increase)
            #expect(again.results[0].errorCode == .invalidPartitions)
        }
    }
}
