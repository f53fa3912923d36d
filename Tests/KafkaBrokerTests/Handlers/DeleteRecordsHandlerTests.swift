import KafkaBase
import KafkaLog
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct DeleteRecordsHandlerTests {
    private func request(_ offsets: [(String, Int32, Int64)]) -> DeleteRecordsRequest {
        var request = DeleteRecordsRequest()
        request.timeoutMs = 1000
        request.topics = offsets.map { name, partition, offset in
            var asked = DeleteRecordsRequest.DeleteRecordsPartition()
            asked.partitionIndex = partition
            asked.offset = offset
            var topic = DeleteRecordsRequest.DeleteRecordsTopic()
            topic.name = name
            topic.partitions = [asked]
            return topic
        }
        return request
    }

    @Test(arguments: DeleteRecordsHandler.servedVersions)
    func `Records below an offset are gone, also after a crash`(_ version: Int16) async throws {
        let directory = try TemporaryDirectory()
        let topics = [
            BrokerOptions.InitialTopic(name: "t", partitions: 2),
            BrokerOptions.InitialTopic(name: "compacted"),
        ]
        let broker = try await TestBroker.start(directory.path, topics: topics)
        for _ in 0..<3 { _ = try await broker.produce(TestBatch.bytes("a")) }
        let response = try await broker.send(
            request([("t", 0, 2), ("t", 1, 1), ("nope", 0, 1), ("t", 7, 0)]), version: version)
        let answers = response.topics.map { $0.partitions[0] }
        #expect(
            answers.map(\.errorCode)
                == [
                    .none, .offsetOutOfRange, .unknownTopicOrPartition, .unknownTopicOrPartition,
                ])
        #expect(answers.map(\.lowWatermark) == [2, -1, -1, -1])
        let gone = try await broker.fetch(TestBroker.fetchRequest(from: 1))
        #expect(gone.errorCode == .offsetOutOfRange)
        #expect(try await broker.listOffset(-2).offset == 2)
        // As durable as the answer says: a copy is what a crash would leave.
        let checkpoint = try Fixtures.lines("\(directory.path)/log-start-offset-checkpoint")
        #expect(checkpoint.contains("t 0 2"))
        // Back is no way; -1 is the high watermark.
        let back = try await broker.send(request([("t", 0, 1)]), version: version)
        #expect(back.topics[0].partitions[0].lowWatermark == 2)
        let all = try await broker.send(request([("t", 0, -1)]), version: version)
        #expect(all.topics[0].partitions[0].lowWatermark == 3)
        await broker.stop()
        let again = try await TestBroker.start(directory.path)
        #expect(try await again.listOffset(-2).offset == 3)
        #expect(try await again.listOffset(-1).offset == 3)
        await again.stop()
    }

    @Test func `A compacted topic refuses, an offset below -1 too`() async throws {
        try await TestBroker.with(settings: ["log.cleanup.policy": "compact"]) { broker in
            let response = try await broker.send(request([("t", 0, 0)]))
            #expect(response.topics[0].partitions[0].errorCode == .policyViolation)
        }
        try await TestBroker.with { broker in
            let response = try await broker.send(request([("t", 0, -2)]))
            #expect(response.topics[0].partitions[0].errorCode == .offsetOutOfRange)
        }
    }

    @Test func `Segments below the start go, and their files after the delay`() async throws {
        let directory = try TemporaryDirectory()
        let broker = try await TestBroker.start(
            directory.path,
            settings: ["log.segment.bytes": "100", "log.segment.delete.delay.ms": "0"],
            topics: [.init(name: "t")])
        for _ in 0..<4 { _ = try await broker.produce(TestBatch.bytes("0123456789")) }
        #expect(try await broker.on { $0.log.segmentCount } == 4)
        _ = try await broker.send(request([("t", 0, 2)]))
        #expect(try await broker.on { $0.log.segmentCount } == 2)
        try await broker.keepHouse(.removals, nowMs: .max)
        let logs = Fixtures.entries(of: "\(directory.path)/t-0").filter { $0.contains(".log") }
        #expect(logs == ["00000000000000000002.log", "00000000000000000003.log"])
        await broker.stop()
    }

    // MARK: Retention

    @Test func `Retention deletes what its settings do not keep`() async throws {
        try await TestBroker.with(
            settings: ["log.segment.bytes": "100", "log.segment.delete.delay.ms": "0"]
        ) { broker in
            for _ in 0..<4 { _ = try await broker.produce(TestBatch.bytes("0123456789")) }
            try await broker.keepHouse(.retention, nowMs: 0)
            #expect(try await broker.on { $0.log.segmentCount } == 4)
            try await broker.keepHouse(.retention, nowMs: .max)
            #expect(try await broker.on { $0.log.segmentCount } == 1)
            #expect(try await broker.listOffset(-2).offset == 4)
            #expect(try await broker.produce(TestBatch.bytes("b")).baseOffset == 4)
            let data = try await broker.fetch(TestBroker.fetchRequest(from: 1))
            #expect(data.errorCode == .offsetOutOfRange)
        }
    }
}
