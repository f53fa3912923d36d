import KafkaBase
import KafkaRecords
import KafkaWire
import NIOConcurrencyHelpers
import Testing

@testable import KafkaClient

/// A group's consumer over real sockets.
@Suite struct GroupConsumerTests {
    private let zero = TopicPartition(topic: "t", partition: 0)
    private let one = TopicPartition(topic: "t", partition: 1)

    /// A topic of two partitions, each with twenty records.
    private func withCluster(
        _ body: (FakeCluster, KafkaClient) async throws -> Void
    ) async throws {
        let cluster = try await FakeCluster(topics: ["t": 2])
        try cluster.state.withLockedValue { state in
            state.versions.merge(FakeCluster.State.groupVersions) { $1 }
            for number in 0..<2 {
                for batch in 0..<2 {
                    let values = (0..<10).map { "\(batch * 10 + $0)" }
                    _ = state.topics["t"]?[number].append(try TestBatches.bytes(values))
                }
            }
        }
        let client = cluster.makeClient()
        try await body(cluster, client)
        await client.close()
        try await cluster.close()
    }

    private var configuration: GroupConfiguration {
        var configuration = GroupConfiguration(groupID: "g")
        configuration.offsetReset = .earliest
        configuration.heartbeatIntervalMs = 20
        return configuration
    }

    private func fetching() -> ConsumerConfiguration {
        var fetching = ConsumerConfiguration()
        fetching.maxWaitMs = 10
        return fetching
    }

    /// Polls until so many records came; how many of each partition.
    private func read(_ consumer: GroupConsumer, _ count: Int) async throws -> [Int32: Int] {
        var counts: [Int32: Int] = [:]
        var reader = RecordBatchReader()
        while counts.values.reduce(0, +) < count {
            let fetched = try await consumer.poll(timeoutMs: 20_000)
            try #require(!fetched.isEmpty, "nothing for twenty seconds")
            for records in fetched {
                try records.forEachRecord(reader: &reader) { _ in
                    counts[records.partition, default: 0] += 1
                    return .continue
                }
            }
        }
        return counts
    }

    @Test func `What poll handed out is committed at the end, and read once`() async throws {
        try await withCluster { cluster, client in
            let counts = try await GroupConsumer.with(
                client, configuration, reading: .topics(["t"]), fetching: fetching()
            ) { try await read($0, 40) }
            #expect(counts == [0: 20, 1: 20])
            #expect(cluster.count(.leaveGroup) == 1)
            let committed = cluster.state.withLockedValue { $0.committed }
            #expect(committed.mapValues(\.offset) == [zero: 20, one: 20])
            let again = try await GroupConsumer.with(
                client, configuration, reading: .topics(["t"]), fetching: fetching()
            ) { try await $0.poll(timeoutMs: 300) }
            #expect(again.isEmpty)
        }
    }

    @Test func `Offsets are committed now and then while poll is called`() async throws {
        try await withCluster { cluster, client in
            var configuration = configuration
            configuration.autoCommitIntervalMs = 10
            try await GroupConsumer.with(
                client, configuration, reading: .topics(["t"]), fetching: fetching()
            ) { consumer in
                _ = try await read(consumer, 40)
                // What was committed first may have been less.
                func committed() -> [Int64?] {
                    cluster.state.withLockedValue { state in
                        [zero, one].map { state.committed[$0]?.offset }
                    }
                }
                for _ in 0..<200 where committed() != [20, 20] {
                    _ = try await consumer.poll(timeoutMs: 20)
                }
                #expect(committed() == [20, 20])
            }
        }
    }

    @Test func `The application commits what it likes, and is told of its partitions`() async throws
    {
        try await withCluster { cluster, client in
            var configuration = configuration
            configuration.enableAutoCommit = false
            let events = NIOLockedValueBox<[RebalanceEvent]>([])
            let consumer = GroupConsumer(
                client: client, configuration: configuration, reading: .topics(["t"]),
                fetching: fetching()
            ) { consumer, event in
                events.withLockedValue { $0.append(event) }
                if case .revoked = event {
                    try? await consumer.commit([
                        zero: OffsetAndMetadata(offset: 7, leaderEpoch: 3, metadata: "mine")
                    ])
                }
            }
            #expect(consumer.groupMetadata == ConsumerGroupMetadata(groupID: "g"))
            _ = try await read(consumer, 40)
            #expect(consumer.groupMetadata.generation == 1)
            #expect(!consumer.groupMetadata.memberID.isEmpty)
            #expect(consumer.position(of: zero)?.offset == 20)
            let none = try await consumer.committed([zero, one])
            #expect(none == [:])
            await consumer.close()
            #expect(
                events.withLockedValue { $0 } == [.assigned([zero, one]), .revoked([zero, one])])
            let kept = try await client.committedOffsets(
                [zero, one], of: ConsumerGroupMetadata(groupID: "g"))
            #expect(
                kept == [zero: OffsetAndMetadata(offset: 7, leaderEpoch: 3, metadata: "mine")])
            await #expect(throws: KafkaError.self) { try await consumer.poll(timeoutMs: 0) }
        }
    }

    @Test func `A partition pauses, moves and goes on`() async throws {
        try await withCluster { _, client in
            try await GroupConsumer.with(
                client, configuration, reading: .topics(["t"]), fetching: fetching(),
                onRebalance: { consumer, event in
                    guard case .assigned = event else { return }
                    consumer.pause([one])
                    consumer.seek(zero, to: 15)
                }
            ) { consumer in
                let moved = try await read(consumer, 5)
                #expect(moved == [0: 5])
                let silence = try await consumer.poll(timeoutMs: 100)
                #expect(silence.isEmpty)
                consumer.resume([one])
                let resumed = try await read(consumer, 20)
                #expect(resumed == [1: 20])
                consumer.seek(one, to: 18)
                let again = try await read(consumer, 2)
                #expect(again == [1: 2])
                #expect(consumer.assignment == [zero, one])
            }
        }
    }

    @Test func `Cancellation ends the wait, and the group is left`() async throws {
        try await withCluster { cluster, client in
            let configuration = configuration
            let isReading = NIOLockedValueBox(false)
            let task = Task {
                try await GroupConsumer.with(client, configuration, reading: .topics(["t"])) {
                    consumer in
                    while !Task.isCancelled {
                        let fetched = try await consumer.poll(timeoutMs: nil)
                        if !fetched.isEmpty { isReading.withLockedValue { $0 = true } }
                    }
                }
            }
            while !isReading.withLockedValue({ $0 }) {
                try await Task.sleep(nanoseconds: 1_000_000)
            }
            task.cancel()
            try await task.value
            #expect(cluster.count(.leaveGroup) == 1)
            #expect(cluster.state.withLockedValue { !$0.committed.isEmpty })
        }
    }

    @Test func `A wait is ended by wakeUp`() async throws {
        try await withCluster { _, client in
            try await GroupConsumer.with(
                client, configuration, reading: .topics(["t"]), fetching: fetching()
            ) { consumer in
                _ = try await read(consumer, 40)
                consumer.wakeUp()
                let woken = try await consumer.poll(timeoutMs: nil)
                #expect(woken.isEmpty)
            }
        }
    }

    @Test func `Nothing committed and no reset is an error that names group and partition`()
        async throws
    {
        try await withCluster { _, client in
            var configuration = configuration
            configuration.offsetReset = .none
            let error = await #expect(throws: KafkaError.self) {
                try await GroupConsumer.with(
                    client, configuration, reading: .topics(["t"]), fetching: fetching()
                ) { _ = try await $0.poll(timeoutMs: 20_000) }
            }
            #expect(error?.message.contains("group g") == true)
            #expect(error?.message.contains("t-0") == true)
        }
    }

    @Test func `A coordinator that moves is found again`() async throws {
        try await withCluster { cluster, client in
            cluster.setHook { _, _, key, number in
                switch key {
                case .heartbeat where number == 2: .refuse(.notCoordinator)
                case .offsetCommit where number == 1: .refuse(.notCoordinator)
                case .offsetFetch where number == 1: .refuse(.coordinatorLoadInProgress)
                case .joinGroup where number == 2: .close
                default: .serve
                }
            }
            try await GroupConsumer.with(
                client, configuration, reading: .topics(["t"]), fetching: fetching()
            ) { consumer in
                _ = try await read(consumer, 40)
                while cluster.count(.heartbeat) < 4 { _ = try await consumer.poll(timeoutMs: 10) }
                #expect(consumer.assignment == [zero, one])
            }
            #expect(cluster.state.withLockedValue { $0.committed.count } == 2)
            #expect(cluster.count(.findCoordinator) > 1)
        }
    }

    @Test func `A pattern that is none is an error`() throws {
        #expect(throws: KafkaError.self) { try TopicPattern("(") }
        let pattern = try TopicPattern("a.*")
        #expect(pattern.matches("ab") && !pattern.matches("ba"))
    }
}
