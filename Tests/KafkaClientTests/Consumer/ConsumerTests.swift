import KafkaBase
import KafkaRecords
import KafkaWire
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import KafkaClient

/// Consumers against brokers that fail on purpose, over real sockets.
@Suite struct ConsumerTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    /// A cluster whose topic holds so many batches of ten records.
    private func cluster(
        batches: Int, brokers: Int32 = 1, partitions: Int = 1
    ) async throws -> FakeCluster {
        let cluster = try await FakeCluster(brokers: brokers, topics: ["t": partitions])
        try cluster.state.withLockedValue { state in
            for number in 0..<partitions {
                for batch in 0..<batches {
                    let values = (0..<10).map { "\(batch * 10 + $0)" }
                    _ = state.topics["t"]?[number].append(try TestBatches.bytes(values))
                }
            }
        }
        return cluster
    }

    /// Reads that many records of each partition; their offsets.
    private func read(
        _ consumer: Consumer, _ count: Int
    ) async throws -> [Int32: [Int64]] {
        var offsets: [Int32: [Int64]] = [:]
        var reader = RecordBatchReader()
        var seen = 0
        while seen < count {
            let fetched = try await consumer.poll(timeoutMs: 60_000)
            guard !fetched.isEmpty else {
                Issue.record("nothing for ten seconds")
                return offsets
            }
            for records in fetched {
                try records.forEachRecord(reader: &reader) { record in
                    offsets[records.partition, default: []].append(record.offset)
                    seen += 1
                    return .continue
                }
            }
        }
        return offsets
    }

    private func withConsumer(
        _ cluster: FakeCluster, maxPartitionBytes: Int = 1 << 20, prefetchBytes: Int = 1 << 20,
        maxWaitMs: Int = 10, timeoutMs: Int = 5000, _ body: (Consumer) async throws -> Void
    ) async throws {
        let client = cluster.makeClient { $0.timeoutMs = timeoutMs }
        var configuration = ConsumerConfiguration()
        configuration.maxWaitMs = maxWaitMs
        configuration.maxPartitionBytes = maxPartitionBytes
        configuration.prefetchBytes = prefetchBytes
        let consumer = Consumer(client: client, configuration: configuration)
        try await body(consumer)
        await consumer.close()
        await client.close()
        try await cluster.close()
    }

    @Test func readsAllInOrderWithSmallFetchesAndLittleRoom() async throws {
        let cluster = try await cluster(batches: 50, brokers: 2, partitions: 3)
        try await withConsumer(cluster, maxPartitionBytes: 300, prefetchBytes: 500) { consumer in
            consumer.assign([
                partition: 0, TopicPartition(topic: "t", partition: 1): 5,
                TopicPartition(topic: "t", partition: 2): 499,
            ])
            let offsets = try await read(consumer, 500 + 495 + 1)
            #expect(offsets[0] == Array(0..<500))
            #expect(offsets[1] == Array(5..<500))
            #expect(offsets[2] == [499])
        }
    }

    /// The protocol has 32 bits for it, the configuration more.
    @Test func aWaitThatNoRequestCanHoldIsCutDown() async throws {
        try await withConsumer(cluster(batches: 1), maxWaitMs: 3_000_000_000) { consumer in
            consumer.assign([partition: 0])
            let offsets = try await read(consumer, 10)
            #expect(offsets[0] == Array(0..<10))
        }
    }

    @Test func aBrokerThatIsTooOldStopsThePartition() async throws {
        let cluster = try await cluster(batches: 1)
        cluster.state.withLockedValue { $0.versions[.fetch] = 0...3 }
        try await withConsumer(cluster) { consumer in
            consumer.assign([partition: 0])
            for _ in 0..<2 {
                let error = await #expect(throws: KafkaError.self) {
                    try await consumer.poll(timeoutMs: 60_000)
                }
                #expect(error?.kind == .unsupported)
                consumer.seek(partition, to: 0)
            }
        }
    }

    @Test func followsALeaderThatMoves() async throws {
        let cluster = try await cluster(batches: 50, brokers: 3)
        cluster.setHook { state, _, key, number in
            if key == .fetch, number % 5 == 0, number < 60 {
                state.topics["t"]?[0].leader = Int32(number / 5 % 3)
                state.topics["t"]?[0].epoch += 1
            }
            return key == .fetch && number % 7 == 6 ? .close : .serve
        }
        try await withConsumer(cluster, maxPartitionBytes: 300) { consumer in
            consumer.assign([partition: 0])
            let offsets = try await read(consumer, 500)
            #expect(offsets[0] == Array(0..<500))
        }
    }

    @Test func usesTopicIDsWhereTheyAreKnown() async throws {
        let cluster = try await cluster(batches: 5)
        cluster.state.withLockedValue { state in
            state.versions[.fetch] = 4...16
            state.versions[.metadata] = 0...12
            state.topicIDs["t"] = Uuid(high: 1, low: 2)
        }
        try await withConsumer(cluster) { consumer in
            consumer.assign([partition: 0])
            let offsets = try await read(consumer, 50)
            #expect(offsets[0]?.count == 50)
        }
    }

    @Test func anOffsetOutOfRangeTellsTheRange() async throws {
        try await withConsumer(cluster(batches: 5)) { consumer in
            consumer.assign([partition: 77])
            let error = await #expect(throws: KafkaError.self) {
                try await consumer.poll(timeoutMs: 60_000)
            }
            #expect(
                error?.kind == .offsetOutOfRange(partition, requested: 77, start: 0, end: 50))
            consumer.seek(partition, to: 49)
            let offsets = try await read(consumer, 1)
            #expect(offsets[0] == [49])
        }
    }

    @Test func seekDropsWhatWasFetchedBefore() async throws {
        try await withConsumer(cluster(batches: 10)) { consumer in
            consumer.assign([partition: 0])
            _ = try await read(consumer, 1)
            consumer.seek(partition, to: 95)
            let offsets = try await read(consumer, 5)
            #expect(offsets[0] == Array(95..<100))
        }
    }

    @Test func pollEndsWhenItsTimeIsUp() async throws {
        try await withConsumer(cluster(batches: 0)) { consumer in
            consumer.assign([partition: 0])
            for timeoutMs in [50, 0] {
                let fetched = try await consumer.poll(timeoutMs: timeoutMs)
                #expect(fetched.isEmpty)
            }
        }
    }

    @Test func closeEndsAPoll() async throws {
        try await withConsumer(cluster(batches: 0)) { consumer in
            consumer.assign([partition: 0])
            let polling = Task { try await consumer.poll(timeoutMs: nil) }
            await consumer.close()
            await #expect(throws: KafkaError.self) { try await polling.value }
        }
    }

    @Test func cancellingEndsAPoll() async throws {
        try await withConsumer(cluster(batches: 0)) { consumer in
            consumer.assign([partition: 0])
            let task = Task { try await consumer.poll(timeoutMs: nil) }
            task.cancel()
            let fetched = try await task.value
            #expect(fetched.isEmpty)
        }
    }

    @Test func aTopicThatDoesNotExistIsAnError() async throws {
        try await withConsumer(cluster(batches: 0), timeoutMs: 1500) { consumer in
            consumer.assign([TopicPartition(topic: "nope", partition: 0): 0])
            let error = await #expect(throws: KafkaError.self) {
                try await consumer.poll(timeoutMs: 60_000)
            }
            #expect(error?.kind == .unknownTopic("nope"))
        }
    }

    @Test func brokersThatGoAwayAreNoticed() async throws {
        let cluster = try await cluster(batches: 1)
        cluster.setHook { _, _, _, number in number > 1 ? .close : .serve }
        try await withConsumer(cluster, timeoutMs: 200) { consumer in
            consumer.assign([partition: 0])
            let error = await #expect(throws: KafkaError.self) {
                while true { _ = try await consumer.poll(timeoutMs: 60_000) }
            }
            #expect(error?.kind == .connectionFailed)
            #expect(error?.message.contains("127.0.0.1") == true)
        }
    }
}
