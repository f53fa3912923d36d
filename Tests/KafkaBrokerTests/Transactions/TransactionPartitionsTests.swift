import KafkaBase
import Testing

@testable import KafkaBroker

/// Which partitions belong to a transaction.
struct TransactionPartitionsTests {
    private let world: TransactionWorld
    private let producer: ProducerIdentity

    init() throws {
        world = try TransactionWorld()
        producer = world.producer()
    }

    @Test func `The first partition begins the transaction, when that is durable`() {
        let answer = world.add(.a0, producer: producer)
        #expect(answer.code == nil)
        world.log.flush()
        #expect(answer.code == ErrorCode.none)
        #expect(world.status("x") == .ongoing)
        #expect(world.metadata("x")?.startMs == world.environment.nowMs)
        #expect(world.metadata("x")?.partitions == [.a0])
    }

    @Test func `Further ones do not move the start`() {
        _ = world.add(.a0, producer: producer)
        world.settle()
        world.environment.nowMs += 500
        _ = world.add(.a1, .b0, producer: producer)
        world.settle()
        #expect(world.metadata("x")?.partitions == [.a0, .a1, .b0])
        #expect(world.metadata("x")?.startMs == world.environment.nowMs - 500)
    }

    @Test func `Partitions that are known need no record`() {
        _ = world.add(.a0, .a1, producer: producer)
        world.settle()
        let count = world.log.batches.count
        #expect(world.add(.a1, producer: producer).code == ErrorCode.none)
        #expect(world.log.batches.count == count)
    }

    @Test func `What comes while a record is on its way becomes one record`() {
        let count = world.log.batches.count
        let first = world.add(.a0, producer: producer)
        let second = world.add(.a1, producer: producer)
        let third = world.add(.b0, producer: producer)
        // Known, but not durably.
        let fourth = world.add(.a0, producer: producer)
        #expect(world.log.batches.count == count + 1)
        world.log.flush()
        #expect(first.code == ErrorCode.none)
        #expect(second.code == nil && third.code == nil && fourth.code == nil)
        #expect(world.log.batches.count == count + 2)
        world.log.flush()
        #expect([second, third, fourth].allSatisfy { $0.code == ErrorCode.none })
        #expect(world.metadata("x")?.partitions == [.a0, .a1, .b0])
    }

    @Test func `Strangers are refused`() {
        let stranger = ProducerIdentity(id: 50, epoch: 0)
        let old = ProducerIdentity(id: producer.id, epoch: producer.epoch - 1)
        #expect(world.add(.a0, id: "", producer: producer).code == .invalidRequest)
        #expect(world.add(.a0, id: "y", producer: producer).code == .invalidProducerIdMapping)
        #expect(world.add(.a0, producer: stranger).code == .invalidProducerIdMapping)
        #expect(world.add(.a0, producer: old).code == .producerFenced)
        #expect(world.verify(.a0, producer: old).code == .producerFenced)
    }

    // MARK: Verification

    @Test func `Only partitions that were added are verified`() {
        _ = world.add(.a0, producer: producer)
        world.settle()
        #expect(world.verify(.a0, producer: producer).value! == (.none, []))
        #expect(world.verify(.a0, .b0, producer: producer).value! == (.none, [.b0]))
    }

    @Test func `Nothing is verified that a crash may take back`() {
        _ = world.add(.a0, producer: producer)
        let answer = world.verify(.a0, producer: producer)
        #expect(answer.value == nil)
        world.log.flush()
        #expect(answer.value! == (.none, []))
    }

    @Test func `Nothing is part of a transaction that has ended`() {
        _ = world.add(.a0, producer: producer)
        world.settle()
        _ = world.end(commit: true, producer: producer)
        let waiting = world.verify(.a0, producer: producer)
        #expect(waiting.code == nil)
        world.log.flush()
        #expect(waiting.code == .concurrentTransactions)
        world.settle()
        #expect(world.verify(.a0, producer: producer).value! == (.none, [.a0]))
    }

    // MARK: The next transaction

    private func beginEnd() {
        _ = world.add(.a0, producer: producer)
        world.settle()
        _ = world.end(commit: true, producer: producer)
        world.log.flush()
        #expect(world.status("x") == .prepareCommit)
    }

    @Test func `The next transaction begins when the one before is done`() {
        beginEnd()
        let answer = world.add(.b0, producer: producer)
        #expect(answer.code == nil)
        world.environment.deliver()
        world.log.flush()
        world.log.flush()
        #expect(answer.code == ErrorCode.none)
        #expect(world.metadata("x")?.partitions == [.b0])
    }

    @Test func `It is to come again when that takes too long`() {
        beginEnd()
        let answer = world.add(.b0, producer: producer)
        world.advance(byMs: TransactionCoordinator.endWaitMs)
        #expect(answer.code == .concurrentTransactions)
        world.settle()
        #expect(world.status("x") == .completeCommit)
    }

    @Test func `Who waits is told when the coordinator goes`() {
        beginEnd()
        let waiting = world.add(.b0, producer: producer)
        world.coordinator.close()
        #expect(waiting.code == .notCoordinator)
    }
}
