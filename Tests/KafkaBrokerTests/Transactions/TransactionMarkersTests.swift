import KafkaBase
import KafkaRecords
import KafkaWire
import Testing

@testable import KafkaBroker

/// The markers that end transactions, and what stands in their way.
struct TransactionMarkersTests {
    private let world: TransactionWorld
    private let producer: ProducerIdentity

    init() throws {
        world = try TransactionWorld()
        producer = world.producer()
        _ = world.add(.a0, .a1, .b0, producer: producer)
        world.settle()
        _ = world.end(commit: true, producer: producer)
        world.log.flush()
    }

    @Test func `A marker that cannot be written is tried again, ever more seldom`() {
        world.environment.deliver { $0 == .a1 ? .kafkaStorageError : .none }
        #expect(world.environment.markers.isEmpty)
        #expect(world.coordinator.describe("x").topics.map(\.topic) == ["a"])
        var waits: [Int64] = []
        for _ in 0..<10 {
            let before = world.environment.nowMs
            while world.environment.markers.isEmpty { world.advance(byMs: 10) }
            waits.append(world.environment.nowMs - before)
            #expect(world.environment.markers.map(\.partition) == [.a1])
            world.environment.deliver { _ in .kafkaStorageError }
        }
        #expect(waits == waits.sorted() && waits[0] < 100)
        #expect(waits.last == TransactionCoordinator.maxRetryMs)
        world.advance(byMs: TransactionCoordinator.maxRetryMs)
        world.settle()
        #expect(world.status("x") == .completeCommit)
        #expect(world.environment.written.map(\.partition).sorted() == [.a0, .a1, .b0])
    }

    @Test(arguments: [
        ErrorCode.unknownTopicOrPartition, .invalidProducerEpoch, .transactionCoordinatorFenced,
    ])
    func `A partition that never will take it is left out`(_ code: ErrorCode) {
        world.environment.deliver { $0 == .b0 ? code : .none }
        world.settle()
        #expect(world.status("x") == .completeCommit)
    }

    @Test func `The end is noted again when the log could not take it`() {
        world.log.failure = .kafkaStorageError
        world.environment.deliver()
        #expect(world.status("x") == .prepareCommit)
        world.log.failure = nil
        world.advance(byMs: 100)
        world.settle()
        #expect(world.status("x") == .completeCommit)
        #expect(world.environment.written.count == 3)
    }

    @Test func `Nothing is written before the decision is durable`() throws {
        let world = try TransactionWorld()
        let producer = world.producer()
        _ = world.add(.a0, producer: producer)
        world.settle()
        _ = world.end(commit: true, producer: producer)
        #expect(world.environment.markers.isEmpty)
        world.restart()
        #expect(world.status("x") == .ongoing)
        #expect(world.environment.markers.isEmpty)
    }

    // MARK: After a restart

    @Test func `A coordinator goes on with what the one before had decided`() {
        world.environment.deliver(at: 0, .none)
        world.restart()
        #expect(world.status("x") == .prepareCommit)
        #expect(world.environment.markers.map(\.partition) == [.a0, .a1, .b0])
        #expect(world.environment.markers.allSatisfy { $0.marker.end.coordinatorEpoch == 1 })
        world.settle()
        #expect(world.status("x") == .completeCommit)
    }

    @Test func `It keeps the producer ids that its records name for itself`() throws {
        world.settle()
        world.restart()
        #expect(world.environment.reservedID == producer.id)
    }
}
