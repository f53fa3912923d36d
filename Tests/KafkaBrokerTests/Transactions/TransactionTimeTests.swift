import KafkaBase
import KafkaRecords
import Testing

@testable import KafkaBroker

/// What happens to transactional ids by itself.
struct TransactionTimeTests {
    private let world: TransactionWorld

    init() throws {
        world = try TransactionWorld(settings: [
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
            "transaction.remove.expired.transaction.cleanup.interval.ms": "10000",
            "transactional.id.expiration.ms": "60000",
        ])
    }

    private func begin(_ id: String = "x", timeoutMs: Int32 = 5_000) -> ProducerIdentity {
        let producer = world.producer(id, timeoutMs: timeoutMs)
        _ = world.add(.a0, id: id, producer: producer)
        world.settle()
        return producer
    }

    @Test func `A transaction that takes too long is aborted, and its producer fenced`() {
        let producer = begin()
        world.advance(byMs: 5_000)
        #expect(world.status("x") == .ongoing)
        world.advance(byMs: 1)
        world.settle()
        #expect(world.status("x") == .completeAbort)
        #expect(world.environment.written.count == 1)
        #expect(!world.environment.written[0].marker.end.isCommit)
        #expect(world.end(commit: true, producer: producer).code == .producerFenced)
        #expect(world.end(commit: true, producer: producer, version: 2).code == .producerFenced)
        #expect(world.add(.a0, producer: producer).code == .producerFenced)
    }

    /// An abort by the coordinator raises the epoch once (KAFKA-19367): its producer, which aborts
    /// when its records are refused, takes it for its own and goes on.
    @Test func `A producer of version 2 may go on after its transaction took too long`() {
        let producer = begin()
        world.advance(byMs: 5_001)
        world.settle()
        let answer = world.end(commit: false, producer: producer, version: 2)
        let next = ProducerIdentity(id: producer.id, epoch: producer.epoch + 1)
        #expect(answer.value! == (.none, next))
        #expect(world.environment.written[0].marker.producerEpoch == next.epoch)
        _ = world.add(.b0, producer: next, version: 2)
        world.settle()
        #expect(world.metadata("x")?.partitions == [.b0])
    }

    @Test func `It is looked for such transactions once in the interval`() {
        _ = begin("x", timeoutMs: 5_000)
        _ = begin("y", timeoutMs: 5_200)
        world.advance(byMs: 5_001)
        world.settle()
        world.advance(byMs: 999)
        #expect(world.status("x") == .completeAbort && world.status("y") == .ongoing)
        world.advance(byMs: 1)
        world.settle()
        #expect(world.status("y") == .completeAbort)
    }

    @Test func `A new transaction has all of its time`() {
        let producer = begin()
        world.advance(byMs: 4_000)
        _ = world.end(commit: true, producer: producer)
        world.settle()
        _ = world.add(.b0, producer: producer)
        world.settle()
        world.advance(byMs: 5_000)
        #expect(world.status("x") == .ongoing)
        world.advance(byMs: 1_001)
        #expect(world.status("x") == .prepareAbort)
    }

    @Test func `The time goes on over a restart`() {
        _ = begin()
        world.environment.nowMs += 5_500
        world.restart()
        world.advance(byMs: 1_000)
        world.settle()
        #expect(world.status("x") == .completeAbort)
    }

    @Test func `An abort that the log does not take is tried again`() {
        _ = begin()
        world.log.failure = .kafkaStorageError
        world.advance(byMs: 5_001)
        #expect(world.status("x") == .ongoing)
        world.log.failure = nil
        world.advance(byMs: 1_000)
        world.settle()
        #expect(world.status("x") == .completeAbort)
    }

    // MARK: Expiration

    @Test func `Ids that nobody uses are forgotten, with a tombstone`() {
        let producer = begin("x")
        _ = world.end(commit: true, id: "x", producer: producer)
        _ = world.producer("y")
        world.settle()
        _ = begin("z", timeoutMs: 900_000)
        world.advance(byMs: 60_000)
        #expect(world.metadata("x") == nil && world.metadata("y") == nil)
        #expect(world.status("z") == .ongoing)
        #expect(world.log.batches.last?.allSatisfy { $0.value == nil } == true)
        #expect(world.log.batches.last?.count == 2)
        #expect(Set(world.replayed().transactions.keys) == ["z"])
        #expect(world.end(commit: true, producer: producer).code == .invalidProducerIdMapping)
        // Who comes back begins anew.
        #expect(world.producer("x").epoch == 0)
    }

    @Test func `Use keeps an id`() {
        var producer = world.producer()
        for _ in 0..<5 {
            world.advance(byMs: 30_000)
            producer = world.producer()
        }
        #expect(producer.epoch == 5)
    }

    @Test func `Tombstones that cannot be written come later`() {
        _ = world.producer()
        world.log.failure = .kafkaStorageError
        world.advance(byMs: 60_000)
        #expect(world.metadata("x") != nil)
        world.log.failure = nil
        world.advance(byMs: 10_000)
        #expect(world.metadata("x") == nil)
    }

    @Test func `Nothing is due where nothing is`() throws {
        #expect(try TransactionWorld().coordinator.nextDeadlineMs == nil)
    }
}
