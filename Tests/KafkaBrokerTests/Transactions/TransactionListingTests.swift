import KafkaBase
import KafkaWire
import Testing

@testable import KafkaBroker

/// What DescribeTransactions and ListTransactions tell.
struct TransactionListingTests {
    private let world: TransactionWorld

    init() throws {
        world = try TransactionWorld()
        _ = world.producer("idle")
        let producer = world.producer("busy")
        _ = world.add(.b0, .a1, .a0, id: "busy", producer: producer)
        world.settle()
    }

    @Test func `A transaction is described with its partitions`() {
        let description = world.coordinator.describe("busy")
        #expect(description.errorCode == .none)
        #expect(description.transactionState == "Ongoing")
        #expect(description.producerId == 1 && description.producerEpoch == 0)
        #expect(description.transactionTimeoutMs == 60_000)
        #expect(description.transactionStartTimeMs == world.environment.nowMs)
        #expect(description.topics.map(\.topic) == ["a", "b"])
        #expect(description.topics.map(\.partitions) == [[0, 1], [0]])
        #expect(world.coordinator.describe("idle").topics.isEmpty)
    }

    @Test func `Ids that are not there are errors`() {
        #expect(world.coordinator.describe("none").errorCode == .transactionalIdNotFound)
        #expect(world.coordinator.describe("").errorCode == .invalidRequest)
    }

    private func ids(
        _ change: (inout TransactionCoordinator.Filter) throws -> Void
    ) throws -> [String] {
        var filter = TransactionCoordinator.Filter()
        try change(&filter)
        return try world.coordinator.list(filter).map(\.transactionalId).sorted()
    }

    @Test func `Filters leave out what does not match`() throws {
        world.environment.nowMs += 1_000
        #expect(try ids { _ in } == ["busy", "idle"])
        #expect(try ids { $0.statuses = [.ongoing] } == ["busy"])
        #expect(try ids { $0.statuses = [] } == [])
        #expect(try ids { $0.producerIDs = [0, 9] } == ["idle"])
        #expect(try ids { $0.minDurationMs = 999 } == ["busy", "idle"])
        #expect(try ids { $0.minDurationMs = 1_000 } == ["idle"])
        #expect(try ids { $0.pattern = try TopicPattern("b.*") } == ["busy"])
    }
}
