import KafkaBase
import Testing

@testable import SkafkaCLI

@Suite struct MissingTopicsTests {
    /// Topics under a clock that the test sets.
    private final class World {
        var missing: MissingTopics
        private let start = ContinuousClock.now

        init(_ names: Set<String>) { missing = MissingTopics(names, patience: .seconds(3)) }

        func revoked(_ topics: [String], at second: Int) {
            missing.revoked(topics.map(partition), now: start + .seconds(second))
        }

        func assigned(_ topic: String) { missing.assigned([partition(topic)]) }

        func look(at second: Int) -> [String] {
            missing.beginLook(now: start + .seconds(second))
        }

        /// Whether that ends the wait.
        func found(_ topic: String, isThere: Bool, at second: Int) -> Bool {
            missing.found(topic, isThere: isThere, now: start + .seconds(second))
        }

        private func partition(_ topic: String) -> TopicPartition {
            TopicPartition(topic: topic, partition: 0)
        }
    }

    @Test func `A topic that stays missing ends the wait`() {
        let world = World(["t", "u"])
        #expect(!world.missing.isWaiting && world.look(at: 0) == [])
        world.revoked(["t", "u"], at: 0)
        #expect(world.missing.isWaiting)
        #expect(world.look(at: 0) == ["t", "u"])
        #expect(world.look(at: 0) == [])
        // Another member has this one now.
        #expect(!world.found("u", isThere: true, at: 0))
        #expect(!world.found("t", isThere: false, at: 0))
        #expect(world.look(at: 1) == ["t"])
        #expect(!world.found("t", isThere: false, at: 2))
        #expect(world.found("t", isThere: false, at: 3))
    }

    @Test func `A topic that is made anew is waited for`() {
        let world = World(["t"])
        world.revoked(["t"], at: 0)
        #expect(!world.found("t", isThere: false, at: 0))
        world.assigned("t")
        #expect(!world.missing.isWaiting)
        world.revoked(["t"], at: 9)
        #expect(!world.found("t", isThere: false, at: 9))
    }

    @Test func `Topics that a regular expression matched may go`() {
        let world = World([])
        world.revoked(["t"], at: 0)
        #expect(!world.missing.isWaiting && world.look(at: 0) == [])
    }
}
