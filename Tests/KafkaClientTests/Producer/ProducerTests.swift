import KafkaBase
import KafkaRecords
import KafkaWire
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import KafkaClient

/// Producers against brokers that fail on purpose, over real sockets.
@Suite struct ProducerTests {
    private func append(_ topic: TopicProducer, _ value: String, partition: Int32? = 0) async throws
    {
        while true {
            let result = try Array(value.utf8).withUnsafeBytes {
                try topic.append(key: nil, value: $0, timestamp: 1, partition: partition)
            }
            if result == .accepted { return }
            await topic.waitForRoom()
        }
    }

    private func produce(
        _ cluster: FakeCluster, _ values: [String],
        configure: (inout ProducerConfiguration) -> Void = { _ in },
        client change: (inout ClientConfiguration) -> Void = { _ in }
    ) async throws -> [DeliveryReport] {
        let client = cluster.makeClient(change)
        var configuration = ProducerConfiguration()
        configuration.lingerMs = 1
        configure(&configuration)
        let reports = NIOLockedValueBox<[DeliveryReport]>([])
        let producer = Producer(client: client, configuration: configuration) { report in
            reports.withLockedValue { $0.append(report) }
        }
        let topic = try await producer.topic("t")
        for value in values { try await append(topic, value) }
        try? await producer.flush()
        await producer.close()
        await client.close()
        return reports.withLockedValue { $0 }
    }

    private let values = (0..<2000).map { "value \($0)" }

    @Test(arguments: CompressionCodec.allCases)
    func recordsArriveInOrderWithTheirOffsets(codec: CompressionCodec) async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        let reports = try await produce(cluster, values) {
            $0.compression = Compression(codec: codec) ?? .none
            $0.batchBytes = 4000
        }
        #expect(try cluster.partition("t")?.values() == values)
        #expect(reports.map(\.recordCount).reduce(0, +) == values.count)
        var next: Int64 = 0
        for report in reports {
            #expect(report.baseOffset == next)
            next += Int64(report.recordCount)
        }
        try await cluster.close()
    }

    @Test(arguments: [true, false])
    func aLeaderThatMovesIsFollowed(idempotent: Bool) async throws {
        let cluster = try await FakeCluster(brokers: 3, topics: ["t": 1])
        cluster.setHook { state, _, key, number in
            // Not for ever: repetitions of four requests could keep in step with it.
            if key == .produce, number % 4 == 0, number < 60 {
                state.topics["t"]?[0].leader = Int32(number / 4 % 3)
                state.topics["t"]?[0].epoch += 1
            }
            return .serve
        }
        let reports = try await produce(cluster, values) {
            $0.batchBytes = 2000
            $0.idempotent = idempotent
            // Without idempotence only one request in flight keeps the order from the start.
            if !idempotent { $0.maxInFlightPerBroker = 1 }
        }
        #expect(reports.allSatisfy { $0.error == nil })
        #expect(try cluster.partition("t")?.values() == values)
        try await cluster.close()
    }

    @Test func lostAnswersMakeNoDuplicates() async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        cluster.setHook { _, _, key, number in
            guard key == .produce else { return .serve }
            return number % 7 == 3 ? .serveAndClose : number % 5 == 4 ? .close : .serve
        }
        let reports = try await produce(cluster, values) { $0.batchBytes = 2000 }
        #expect(reports.allSatisfy { $0.error == nil })
        #expect(try cluster.partition("t")?.values() == values)
        try await cluster.close()
    }

    @Test func batchesThatAreTooLargeAreCutUntilTheyFit() async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        cluster.state.withLockedValue { $0.maxBatchBytes = 1000 }
        let reports = try await produce(cluster, values) { $0.batchBytes = 20_000 }
        #expect(reports.allSatisfy { $0.error == nil })
        #expect(try cluster.partition("t")?.values() == values)
        try await cluster.close()
    }

    @Test func aRecordThatIsTooLargeFailsAloneAndTheRestGoesOn() async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        cluster.state.withLockedValue { $0.maxBatchBytes = 1000 }
        let large = String(repeating: "x", count: 2000)
        let reports = try await produce(cluster, ["a", large, "b", "c"]) { $0.batchBytes = 1024 }
        let errors = reports.compactMap(\.error)
        #expect(errors.map(\.errorCode) == [.messageTooLarge])
        #expect(try cluster.partition("t")?.values() == ["a", "b", "c"])
        try await cluster.close()
    }

    @Test func deliveryThatTakesTooLongFailsWithTheLastReason() async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        cluster.setHook { _, _, key, _ in key == .produce ? .refuse(.notEnoughReplicas) : .serve }
        let reports = try await produce(cluster, ["a"]) { _ in
        } client: {
            $0.deliveryTimeoutMs = 1500
        }
        #expect(reports.count == 1)
        #expect(reports.first?.error?.kind == .timedOut)
        #expect(reports.first?.error?.message.contains("NOT_ENOUGH_REPLICAS") == true)
        #expect(reports.first?.error?.lastAnswer == .notEnoughReplicas)
        try await cluster.close()
    }

    @Test func aRequestWithoutAnAnswerIsRepeatedOverAnotherConnection() async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        cluster.setHook { _, _, key, number in key == .produce && number == 1 ? .silence : .serve }
        let reports = try await produce(cluster, ["a", "b"]) { _ in
        } client: {
            $0.requestTimeoutMs = 200
        }
        #expect(reports.allSatisfy { $0.error == nil })
        #expect(try cluster.partition("t")?.values() == ["a", "b"])
        try await cluster.close()
    }

    @Test func withAcks0NobodyAnswers() async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        let reports = try await produce(cluster, ["a", "b"]) { $0.acks = .none }
        #expect(reports.map(\.baseOffset).allSatisfy { $0 == -1 })
        #expect(reports.allSatisfy { $0.error == nil })
        #expect(cluster.count(.initProducerId) == 0)
        // `flush` has waited until the broker had read them.
        #expect(try cluster.partition("t")?.values() == ["a", "b"])
        try await cluster.close()
    }

    @Test func topicIDsAreUsedWhereTheyAreKnown() async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        cluster.state.withLockedValue { state in
            state.versions[.produce] = 3...13
            state.versions[.metadata] = 0...12
            state.topicIDs["t"] = Uuid(high: 1, low: 2)
        }
        let reports = try await produce(cluster, values)
        #expect(reports.allSatisfy { $0.error == nil })
        #expect(try cluster.partition("t")?.values() == values)
        try await cluster.close()
    }

    @Test func zstdNeedsABrokerThatKnowsIt() async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        cluster.state.withLockedValue { $0.versions[.produce] = 3...6 }
        let reports = try await produce(cluster, ["a"]) {
            $0.compression = .zstd
        }
        #expect(reports.first?.error?.kind == .unsupported)
        try await cluster.close()
    }

    @Test func theBufferIsBounded() async throws {
        let cluster = try await FakeCluster(topics: ["t": 1])
        cluster.setHook { _, _, key, _ in key == .produce ? .silence : .serve }
        let client = cluster.makeClient()
        var configuration = ProducerConfiguration()
        configuration.bufferBytes = 10_000
        configuration.batchBytes = 2000
        let producer = Producer(client: client, configuration: configuration)
        let topic = try await producer.topic("t")
        let value = [UInt8](repeating: 1, count: 100)
        var accepted = 0
        while try value.withUnsafeBytes({ try topic.append(key: nil, value: $0, timestamp: 1) })
            == .accepted
        {
            accepted += 1
        }
        #expect((50...110).contains(accepted))
        // Those who wait for room are let go when the producer ends.
        async let waiting: Void = topic.waitForRoom()
        await producer.close(timeoutMs: 10)
        await waiting
        #expect(throws: KafkaError.self) {
            try value.withUnsafeBytes { try topic.append(key: nil, value: $0, timestamp: 1) }
        }
        await client.close()
        try await cluster.close()
    }

    @Test func aTopicThatDoesNotExistIsAnError() async throws {
        let cluster = try await FakeCluster()
        let client = cluster.makeClient()
        var configuration = ProducerConfiguration()
        configuration.allowAutoTopicCreation = false
        let producer = Producer(client: client, configuration: configuration)
        await #expect(throws: KafkaError.unknownTopic("nope")) { try await producer.topic("nope") }
        await producer.close()
        await client.close()
        try await cluster.close()
    }

    @Test func aPartitionThatDoesNotExistIsAnError() async throws {
        let cluster = try await FakeCluster(topics: ["t": 2])
        let client = cluster.makeClient()
        let producer = Producer(client: client)
        let topic = try await producer.topic("t")
        #expect(topic.partitionCount == 2)
        #expect(throws: KafkaError.self) {
            try topic.append(key: nil, value: nil, timestamp: 1, partition: 2)
        }
        await producer.close()
        await client.close()
        try await cluster.close()
    }
}
