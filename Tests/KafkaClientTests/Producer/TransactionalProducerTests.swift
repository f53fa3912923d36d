import KafkaBase
import KafkaRecords
import KafkaWire
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import KafkaClient

/// Transactions and awaited records over real sockets, against brokers that fail on purpose.
@Suite struct TransactionalProducerTests {
    private func with(
        isVersion2: Bool = false, id: String? = "tx", compression: Compression = .none,
        client change: (inout ClientConfiguration) -> Void = { _ in },
        _ body: (FakeCluster, Producer) async throws -> Void
    ) async throws {
        let cluster = try await FakeCluster(topics: ["t": 2])
        cluster.state.withLockedValue { state in
            state.versions.merge(FakeCluster.State.transactionalVersions) { $1 }
            state.coordinator.isVersion2 = isVersion2
        }
        let client = cluster.makeClient(change)
        var configuration = ProducerConfiguration()
        configuration.transactionalID = id
        configuration.compression = compression
        configuration.lingerMs = 1
        let producer = Producer(client: client, configuration: configuration)
        try await body(cluster, producer)
        await producer.close()
        await client.close()
        try await cluster.close()
    }

    private func send(_ producer: Producer, _ values: String...) async throws {
        for value in values {
            try await producer.send(
                ProducerRecord(value: Array(value.utf8), partition: 0), to: "t")
        }
    }

    private func coordinator(_ cluster: FakeCluster) -> FakeCoordinator {
        cluster.state.withLockedValue { $0.coordinator }
    }

    @Test(arguments: [false, true])
    func committedAndAborted(isVersion2: Bool) async throws {
        try await with(isVersion2: isVersion2) { cluster, producer in
            try await producer.initTransactions()
            for commits in [true, false, true] {
                try await producer.beginTransaction()
                try await send(producer, "a", "b")
                if commits {
                    try await producer.commitTransaction()
                } else {
                    try await producer.abortTransaction()
                }
            }
            #expect(coordinator(cluster).outcomes == [true, false, true])
            #expect(try cluster.partition("t")?.values() == ["a", "b", "a", "b", "a", "b"])
            #expect(cluster.count(.addPartitionsToTxn) == (isVersion2 ? 0 : 3))
            #expect(coordinator(cluster).epoch == (isVersion2 ? 3 : 0))
        }
    }

    @Test func compressedBatchesAreTransactionsToo() async throws {
        try await with(compression: .zstd) { cluster, producer in
            try await producer.initTransactions()
            try await producer.beginTransaction()
            try await send(producer, "a")
            try await producer.commitTransaction()
            let partition = try #require(cluster.partition("t"))
            let header = try partition.batches[0].bytes.withUnsafeReadableBytes {
                try RecordBatchHeader($0)
            }
            #expect(header.attributes.isTransactional)
            #expect(header.producerID == 500)
        }
    }

    @Test func recordsAreRefusedOutsideOfATransaction() async throws {
        try await with { _, producer in
            await #expect(throws: KafkaError.self) { try await send(producer, "a") }
            try await producer.initTransactions()
            await #expect(throws: KafkaError.self) { try await send(producer, "a") }
            try await producer.beginTransaction()
            try await send(producer, "a")
            try await producer.commitTransaction()
            await #expect(throws: KafkaError.self) { try await send(producer, "a") }
        }
    }

    @Test(arguments: [false, true])
    func offsetsAreCommittedWithIt(isVersion2: Bool) async throws {
        try await with(isVersion2: isVersion2) { cluster, producer in
            let partition = TopicPartition(topic: "in", partition: 3)
            try await producer.initTransactions()
            for (offset, commits) in [(7, true), (9, false)] {
                try await producer.beginTransaction()
                try await producer.sendOffsets(
                    [partition: OffsetAndMetadata(offset: Int64(offset))],
                    of: ConsumerGroupMetadata(groupID: "g"))
                if commits {
                    try await producer.commitTransaction()
                } else {
                    try await producer.abortTransaction()
                }
            }
            #expect(coordinator(cluster).committedOffsets == [partition: 7])
            #expect(cluster.count(.addOffsetsToTxn) == (isVersion2 ? 0 : 2))
        }
    }

    @Test func lostAnswersEndATransactionOnce() async throws {
        try await with { cluster, producer in
            cluster.setHook { _, _, key, number in
                switch key {
                case .endTxn where number % 2 == 1: .serveAndClose
                case .addPartitionsToTxn where number % 2 == 1: .refuse(.concurrentTransactions)
                case .initProducerId where number == 1: .refuse(.coordinatorLoadInProgress)
                default: .serve
                }
            }
            try await producer.initTransactions()
            for _ in 0..<3 {
                try await producer.beginTransaction()
                try await send(producer, "a")
                try await producer.commitTransaction()
            }
            #expect(coordinator(cluster).outcomes == [true, true, true])
        }
    }

    @Test func afterAFailedDeliveryTheNextTransactionIsFine() async throws {
        try await with { cluster, producer in
            try await producer.initTransactions()
            try await producer.beginTransaction()
            cluster.setHook { _, _, key, _ in key == .produce ? .refuse(.invalidRecord) : .serve }
            let first = await #expect(throws: KafkaError.self) { try await send(producer, "bad") }
            #expect(first?.errorCode == .invalidRecord)
            let second = await #expect(throws: KafkaError.self) {
                try await producer.commitTransaction()
            }
            #expect(second?.transactionEffect == .mustAbort)
            cluster.setHook { _, _, _, _ in .serve }
            try await producer.abortTransaction()
            try await producer.beginTransaction()
            try await send(producer, "good")
            try await producer.commitTransaction()
            #expect(try cluster.partition("t")?.values() == ["good"])
            #expect(coordinator(cluster).epoch == 1, "the sequence had a hole")
        }
    }

    @Test func whoIsFencedCanWriteNoMore() async throws {
        try await with { cluster, producer in
            try await producer.initTransactions()
            try await producer.beginTransaction()
            try await send(producer, "a")
            cluster.state.withLockedValue { _ = $0.coordinator.initialize() }
            let error = await #expect(throws: KafkaError.self) {
                try await producer.commitTransaction()
            }
            #expect(error?.transactionEffect == .fatal)
            #expect(error?.message.contains("another producer") == true)
            await #expect(throws: KafkaError.self) { try await producer.abortTransaction() }
            #expect(coordinator(cluster).outcomes == [false])
        }
    }

    @Test func closingAbortsWhatIsOpen() async throws {
        try await with { cluster, producer in
            try await producer.initTransactions()
            try await producer.beginTransaction()
            try await send(producer, "a")
            await producer.close()
            #expect(coordinator(cluster).outcomes == [false])
        }
    }

    @Test func withoutAnIDThereAreNoTransactions() async throws {
        try await with(id: nil) { _, producer in
            let error = await #expect(throws: KafkaError.self) {
                try await producer.initTransactions()
            }
            #expect(error?.kind == .invalidArgument)
        }
    }

    @Test func eachAwaitedRecordHasItsPlace() async throws {
        try await with(id: nil) { cluster, producer in
            // Cut in two, each record still gets its own offset.
            cluster.state.withLockedValue { $0.maxBatchBytes = 400 }
            let topic = try await producer.topic("t")
            let places = try await withThrowingTaskGroup(of: (Int, RecordMetadata).self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let record = ProducerRecord(
                            value: Array("value \(number)".utf8),
                            headers: [.init("h", nil)], partition: 0)
                        return (number, try await topic.send(record))
                    }
                }
                var places: [Int: RecordMetadata] = [:]
                for try await (number, place) in group { places[number] = place }
                return places
            }
            let values = try #require(try cluster.partition("t")?.values())
            #expect(places.count == 50)
            for (number, place) in places {
                #expect(values[Int(place.offset)] == "value \(number)")
                #expect(place.partition == 0 && place.topic == "t")
            }
        }
    }

    @Test func whoIsCancelledWaitsNoLonger() async throws {
        try await with(id: nil) { cluster, producer in
            cluster.setHook { _, _, key, _ in key == .produce ? .silence : .serve }
            let topic = try await producer.topic("t")
            // Something to wait for, whatever the tasks come to first.
            _ = try Array("never answered".utf8).withUnsafeBytes {
                try topic.append(
                    key: nil, value: $0, timestamp: 0, headers: nil, partition: 0)
            }
            let sending = Task { try await topic.send(ProducerRecord(value: "a")) }
            let flushing = Task { try await producer.flush() }
            sending.cancel()
            flushing.cancel()
            await #expect(throws: KafkaError.self) { try await sending.value }
            await #expect(throws: KafkaError.self) { try await flushing.value }
            await producer.close(timeoutMs: 0)
        }
    }
}
