import KafkaBase
import KafkaLog
import KafkaRecords
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import KafkaBroker

/// Idempotent and transactional producers as clients see them.
@Suite struct ProducerStateTests {
    private func batch(
        _ sequence: Int32, epoch: Int16 = 0, id: Int64 = 5, values: [String] = ["v"],
        isTransactional: Bool = false
    ) -> ByteBuffer {
        TestBatch.bytes(
            values.map { TestBatch.Record(key: nil, value: $0) },
            producer: .init(
                id: id, epoch: epoch, baseSequence: sequence, isTransactional: isTransactional))
    }

    @Test(arguments: [Int16(1), -1])
    func `A batch that is sent again gets the offset that it has`(_ acks: Int16) async throws {
        try await TestBroker.with { broker in
            for sequence in Int32(0)..<3 {
                _ = try await broker.produce(batch(sequence), acks: acks)
            }
            let again = try await broker.produce(batch(1), acks: acks)
            #expect(again.errorCode == .none && again.baseOffset == 1)
            #expect(try await broker.listOffset(-1).offset == 3)
        }
    }

    @Test func `Holes and old epochs are refused, and nothing else is`() async throws {
        try await TestBroker.with { broker in
            _ = try await broker.produce(batch(0, epoch: 1))
            #expect(
                try await broker.produce(batch(2, epoch: 1)).errorCode == .outOfOrderSequenceNumber)
            #expect(try await broker.produce(batch(1)).errorCode == .invalidProducerEpoch)
            #expect(try await broker.produce(TestBatch.bytes("plain")).errorCode == .none)
            #expect(try await broker.produce(batch(1, epoch: 1)).errorCode == .none)
        }
    }

    @Test func `A duplicate in a topic that stamps its records has the stamp it got`() async throws
    {
        let settings = ["log.message.timestamp.type": "LogAppendTime"]
        try await TestBroker.with(settings: settings) { broker in
            let first = try await broker.produce(batch(0))
            try await Task.sleep(for: .milliseconds(5))
            let again = try await broker.produce(batch(0))
            #expect(first.logAppendTimeMs > 0)
            #expect(again.logAppendTimeMs == first.logAppendTimeMs)
        }
    }

    /// The broker goes on whatever ids its clients make up.
    @Test(arguments: [Int64.max, Int64.max - 1, Int64.max - 1000])
    func `Ids that nobody was given stop no broker`(_ id: Int64) async throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<2 {
            let broker = try await TestBroker.start(
                directory.path, topics: [.init(name: "t", partitions: 1)])
            #expect(try await broker.produce(batch(0, id: id)).errorCode == .none)
            var request = InitProducerIdRequest()
            request.transactionalId = nil
            let given = try await broker.send(request)
            #expect(given.errorCode == .none && given.producerId < 10_000)
            await broker.stop()
        }
    }

    // MARK: Transactions

    private func append(
        _ bytes: ByteBuffer, to broker: TestBroker, from origin: AppendOrigin = .client
    ) async throws {
        let partition = broker.broker.storage.table.snapshot.partition("t", 0)!
        let header = try bytes.withUnsafeReadableBytes { try RecordBatchHeader($0) }
        let promise = partition.eventLoop.makePromise(of: Void.self)
        partition.eventLoop.execute {
            partition.append(
                ProducedBatch(header: header, bytes: bytes), acks: 1, origin: origin, nowMs: 1
            ) { outcome in promise.completeWith(outcome.map { _ in }.mapError { $0 as any Error }) }
        }
        try await promise.futureResult.get()
    }

    private func marker(_ isCommit: Bool) throws -> ByteBuffer {
        try EndTransactionMarker(isCommit: isCommit, coordinatorEpoch: 0)
            .batch(producerID: 5, producerEpoch: 0, timestamp: 1)
    }

    private func committed(minBytes: Int32 = 1, maxWaitMs: Int32 = 0) -> FetchRequest {
        var request = TestBroker.fetchRequest(minBytes: minBytes, maxWaitMs: maxWaitMs)
        request.isolationLevel = 1
        return request
    }

    @Test func `Open transactions are held back and aborted ones are told`() async throws {
        try await TestBroker.with { broker in
            _ = try await broker.produce(TestBatch.bytes("plain"))
            try await append(batch(0, isTransactional: true), to: broker)
            var data = try await broker.fetch(committed())
            #expect(data.lastStableOffset == 1 && data.highWatermark == 2)
            #expect(try TestBatch.values(data.records?.buffer ?? ByteBuffer()) == ["plain"])
            data = try await broker.fetch(TestBroker.fetchRequest())
            #expect(try TestBatch.values(data.records?.buffer ?? ByteBuffer()) == ["plain", "v"])
            #expect(data.abortedTransactions == nil)

            try await append(marker(false), to: broker, from: .coordinator)
            data = try await broker.fetch(committed())
            #expect(data.lastStableOffset == 3)
            #expect(data.abortedTransactions?.map(\.producerId) == [5])
            #expect(data.abortedTransactions?.map(\.firstOffset) == [1])
        }
    }

    /// However small the marker is: what it makes readable counts.
    @Test func `The end of a transaction wakes who waits for its records`() async throws {
        try await TestBroker.with { broker in
            let values = [String](repeating: String(repeating: "x", count: 100), count: 20)
            async let waiting = broker.fetch(committed(minBytes: 1_000, maxWaitMs: 60_000))
            try await broker.untilWaiting("t", 0)
            try await append(batch(0, values: values, isTransactional: true), to: broker)
            try await append(marker(true), to: broker, from: .coordinator)
            #expect(try await waiting.records?.count ?? 0 > 2_000)
        }
    }
}
