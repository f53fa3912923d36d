import KafkaBase
import KafkaRecords
import KafkaTransport
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

@Suite struct ProduceFetchTests {
    private func values(_ data: FetchResponse.PartitionData) throws -> [String?] {
        try TestBatch.values(data.records?.buffer ?? ByteBuffer())
    }

    @Test(arguments: SyncPolicy.allCases, [Int16(-1), 1])
    func `What is appended is read back, with its offset`(
        _ sync: SyncPolicy, _ acks: Int16
    ) async throws {
        try await TestBroker.with(sync: sync) { broker in
            let first = try await broker.produce(TestBatch.bytes("a", "b"), acks: acks)
            #expect(first.errorCode == .none && first.baseOffset == 0)
            #expect(first.logAppendTimeMs == -1 && first.logStartOffset == 0)
            let second = try await broker.produce(TestBatch.bytes("c"), acks: acks)
            #expect(second.baseOffset == 2)
            let data = try await broker.fetch(TestBroker.fetchRequest())
            #expect(try values(data) == ["a", "b", "c"])
            #expect(data.highWatermark == 3 && data.logStartOffset == 0)
        }
    }

    @Test(arguments: ProduceHandler.servedVersions, [false, true])
    func `Every version of Produce appends`(_ version: Int16, _ isUnknown: Bool) async throws {
        try await TestBroker.with { broker in
            let id = try await broker.metadata(["t"]).topics[0].topicId
            var request = TestBroker.produceRequest(
                TestBatch.bytes("a"), partition: isUnknown ? 9 : 0)
            request.topicData[0].topicId = id
            let response = try await broker.send(request, version: version)
            let answer = response.responses[0].partitionResponses[0]
            #expect(answer.errorCode == (isUnknown ? .unknownTopicOrPartition : .none))
            #expect(answer.baseOffset == (isUnknown ? -1 : 0))
            if version >= ProduceHandler.firstVersionByID {
                #expect(response.responses[0].topicId == id)
            }
        }
    }

    @Test(arguments: FetchHandler.servedVersions)
    func `Every version of Fetch reads, and never null`(_ version: Int16) async throws {
        try await TestBroker.with { broker in
            _ = try await broker.produce(TestBatch.bytes("a"))
            var request = TestBroker.fetchRequest()
            request.topics[0].topicId = try await broker.metadata(["t"]).topics[0].topicId
            let data = try await broker.fetch(request, version: version)
            #expect(data.errorCode == .none)
            #expect(try values(data) == ["a"])
            #expect(data.lastStableOffset == 1)
            request.topics[0].partitions[0].fetchOffset = 7
            let beyond = try await broker.fetch(request, version: version)
            #expect(beyond.errorCode == .offsetOutOfRange)
            #expect(beyond.records?.count == 0, "records must never be null")
        }
    }

    @Test func `Topics that are not there`() async throws {
        try await TestBroker.with { broker in
            let produced = try await broker.produce(TestBatch.bytes("a"), to: "nope")
            #expect(produced.errorCode == .unknownTopicOrPartition)
            let fetched = try await broker.fetch(TestBroker.fetchRequest("nope"))
            #expect(fetched.errorCode == .unknownTopicOrPartition)
            #expect(fetched.records?.count == 0)
            var byID = TestBroker.fetchRequest()
            byID.topics[0].topicId = .random()
            #expect(try await broker.fetch(byID, version: 13).errorCode == .unknownTopicId)
            var produce = TestBroker.produceRequest(TestBatch.bytes("a"))
            produce.topicData[0].topicId = .random()
            let answer = try await broker.send(produce, version: 13).responses[0]
            #expect(answer.partitionResponses[0].errorCode == .unknownTopicId)
        }
    }

    @Test func `A refused batch is explained, and the others of the request go in`() async throws {
        try await TestBroker.with { broker in
            var request = TestBroker.produceRequest(TestBatch.bytes("a"))
            var bad = request.topicData[0].partitionData[0]
            bad.index = 1
            bad.records = .bytes(
                TestBatch.patch(TestBatch.bytes("b"), at: 65, [0xEE], fixCrc: false))
            request.topicData[0].partitionData.append(bad)
            let answers = try await broker.send(request, version: 9)
                .responses[0].partitionResponses
            #expect(answers.map(\.errorCode) == [.none, .corruptMessage])
            #expect(answers[1].errorMessage?.contains("CRC") == true)
        }
    }

    @Test(arguments: [Int16(2), -2]) func `Other acks are refused`(_ acks: Int16) async throws {
        try await TestBroker.with { broker in
            let answer = try await broker.produce(TestBatch.bytes("a"), acks: acks)
            #expect(answer.errorCode == .invalidRequiredAcks)
        }
    }

    @Test func `acks=0 has no answer, and an error closes the connection`() async throws {
        try await TestBroker.with { broker in
            let connection = broker.connection
            try await connection.sendWithoutAnswer(
                TestBroker.produceRequest(TestBatch.bytes("a"), acks: 0), version: 9
            ).get()
            let data = try await broker.fetch(
                TestBroker.fetchRequest(maxWaitMs: 10_000))
            #expect(try values(data) == ["a"])
            try await connection.sendWithoutAnswer(
                TestBroker.produceRequest(TestBatch.bytes("a"), to: "nope", acks: 0), version: 9
            ).get()
            try await connection.closeFuture.get()
        }
    }

    // MARK: Limits

    @Test func `The first batch comes whole, later ones within the limits`() async throws {
        try await TestBroker.with { broker in
            let batch = TestBatch.bytes("0123456789")
            for _ in 0..<3 { _ = try await broker.produce(batch) }
            let size = Int32(batch.readableBytes)
            for (limit, count) in [(1, 1), (size, 1), (2 * size - 1, 1), (2 * size, 2), (0, 1)] {
                let byPartition = try await broker.fetch(
                    TestBroker.fetchRequest(partitionMaxBytes: limit))
                #expect(try values(byPartition).count == count, "partition limit \(limit)")
                let byResponse = try await broker.fetch(TestBroker.fetchRequest(maxBytes: limit))
                #expect(try values(byResponse).count == count, "response limit \(limit)")
            }
        }
    }

    @Test func `The response's limit holds over all partitions`() async throws {
        try await TestBroker.with { broker in
            let batch = TestBatch.bytes(String(repeating: "x", count: 1000))
            for partition: Int32 in [0, 1] {
                for _ in 0..<3 { _ = try await broker.produce(batch, partition: partition) }
            }
            var request = TestBroker.fetchRequest(maxBytes: Int32(batch.readableBytes * 4))
            var second = request.topics[0].partitions[0]
            second.partition = 1
            request.topics[0].partitions.append(second)
            let answers = try await broker.send(request, version: 11).responses[0].partitions
            #expect(answers.map(\.partitionIndex) == [0, 1])
            #expect(answers.reduce(0) { $0 + ($1.records?.count ?? 0) } == batch.readableBytes * 4)
        }
    }

    @Test func `An offset inside of a batch gives the whole batch`() async throws {
        try await TestBroker.with { broker in
            _ = try await broker.produce(TestBatch.bytes("a", "b", "c"))
            let data = try await broker.fetch(TestBroker.fetchRequest(from: 2))
            #expect(try values(data) == ["a", "b", "c"])
        }
    }

    @Test func `Large reads leave with sendfile just the same`() async throws {
        try await TestBroker.with { broker in
            let values = (0..<40).map { index in
                String(repeating: "v\(index) ", count: 8000)
            }
            for value in values {
                #expect(try await broker.produce(TestBatch.bytes(value)).errorCode == .none)
            }
            let data = try await broker.fetch(
                TestBroker.fetchRequest(partitionMaxBytes: .max))
            #expect(try self.values(data) == values)
        }
    }

    // MARK: Long polls

    @Test func `A fetch at the end waits for the next append`() async throws {
        try await TestBroker.with { broker in
            let other = try await TestBroker.connect(to: broker.broker)
            async let waiting = broker.fetch(TestBroker.fetchRequest(maxWaitMs: 15_000))
            _ = try await other.send(
                TestBroker.produceRequest(TestBatch.bytes("late")), version: 9,
                timeoutMs: TestBroker.timeoutMs
            ).get()
            #expect(try await values(waiting) == ["late"])
            other.close()
        }
    }

    @Test func `A fetch waits until there is enough of all partitions`() async throws {
        try await TestBroker.with { broker in
            let batch = TestBatch.bytes("x")
            let other = try await TestBroker.connect(to: broker.broker)
            var request = TestBroker.fetchRequest(
                minBytes: Int32(batch.readableBytes * 3), maxWaitMs: 15_000)
            var second = request.topics[0].partitions[0]
            second.partition = 1
            request.topics[0].partitions.append(second)
            async let waiting = broker.send(request, version: 11)
            for partition: Int32 in [0, 1, 0] {
                _ = try await other.send(
                    TestBroker.produceRequest(batch, partition: partition), version: 9,
                    timeoutMs: TestBroker.timeoutMs
                ).get()
            }
            let answers = try await waiting.responses[0].partitions
            #expect(try answers.map { try values($0).count } == [2, 1])
            other.close()
        }
    }

    @Test func `At the end of its time a fetch is answered with nothing`() async throws {
        try await TestBroker.with { broker in
            let data = try await broker.fetch(TestBroker.fetchRequest(maxWaitMs: 20))
            #expect(data.errorCode == .none && data.records?.count == 0)
            #expect(data.highWatermark == 0)
        }
    }

    @Test func `Deleting the topic ends the wait`() async throws {
        try await TestBroker.with { broker in
            let other = try await TestBroker.connect(to: broker.broker)
            async let waiting = broker.fetch(TestBroker.fetchRequest(maxWaitMs: 15_000))
            var request = DeleteTopicsRequest()
            request.topicNames = ["t"]
            let deleted = try await other.send(
                request, version: 4, timeoutMs: TestBroker.timeoutMs
            ).get()
            #expect(deleted.responses.map(\.errorCode) == [.none])
            #expect(try await waiting.errorCode == .unknownTopicOrPartition)
            other.close()
        }
    }

    @Test func `Shutting down answers who waits`() async throws {
        try await TestBroker.with { broker in
            async let waiting = broker.fetch(TestBroker.fetchRequest(maxWaitMs: 3_600_000))
            try await broker.untilWaiting("t", 0)
            await broker.broker.shutdown()
            #expect(try await waiting.records?.count == 0)
        }
    }

    // MARK: Codecs and epochs

    @Test func `Zstd is refused below version 10`() async throws {
        try await TestBroker.with { broker in
            let batch = TestBatch.bytes(
                [.init(value: String(repeating: "x", count: 500))],
                compression: .zstd)
            #expect(
                try await broker.produce(batch, version: 6).errorCode
                    == .unsupportedCompressionType)
            #expect(try await broker.produce(batch, version: 7).errorCode == .none)
            let old = try await broker.fetch(TestBroker.fetchRequest(), version: 9)
            #expect(old.errorCode == .unsupportedCompressionType)
            #expect(old.records?.count == 0)
            #expect(
                try await broker.fetch(TestBroker.fetchRequest(), version: 10).errorCode
                    == .none)
        }
    }

    @Test func `Leader epochs are compared`() async throws {
        try await TestBroker.with { broker in
            for (epoch, code) in [
                (Int32(-1), ErrorCode.none), (0, .none), (1, .unknownLeaderEpoch),
            ] {
                var request = TestBroker.fetchRequest()
                request.topics[0].partitions[0].currentLeaderEpoch = epoch
                let data = try await broker.fetch(request)
                #expect(data.errorCode == code, "epoch \(epoch)")
            }
        }
    }

    @Test func `The topic's clock and codec`() async throws {
        try await TestBroker.with { broker in
            var topic = CreateTopicsRequest.CreatableTopic()
            topic.name = "stamped"
            topic.numPartitions = 1
            topic.replicationFactor = 1
            for (name, value) in [
                ("message.timestamp.type", "LogAppendTime"), ("compression.type", "zstd"),
            ] {
                var config = CreateTopicsRequest.CreatableTopicConfig()
                config.name = name
                config.value = value
                topic.configs.append(config)
            }
            var create = CreateTopicsRequest()
            create.topics = [topic]
            #expect(try await broker.send(create).topics[0].errorCode == .none)
            let answer = try await broker.produce(TestBatch.bytes("a", "b"), to: "stamped")
            #expect(answer.errorCode == .none)
            #expect(answer.logAppendTimeMs > 1_700_000_000_000)
            let data = try await broker.fetch(TestBroker.fetchRequest("stamped"))
            let records = try #require(data.records?.buffer)
            let header = try records.withUnsafeReadableBytes { try RecordBatchHeader($0) }
            #expect(header.attributes.codec == .zstd && header.attributes.isLogAppendTime)
            try records.withUnsafeReadableBytes { try header.verifyCrc(of: $0) }
            let read = try TestBatch.records(records)
            #expect(read.map(\.value) == ["a", "b"])
            #expect(Set(read.map(\.timestamp)) == [answer.logAppendTimeMs])
        }
    }
}
