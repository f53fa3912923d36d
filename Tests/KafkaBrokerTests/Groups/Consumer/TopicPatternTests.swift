import KafkaBase
import Testing

@testable import KafkaBroker

@Suite struct TopicPatternTests {
    @Test func `A name matches as a whole`() throws {
        let names = ["orders", "orders-eu", "my-orders", "payments"]
        #expect(try TopicPattern("orders.*").matching(names) == ["orders", "orders-eu"])
        #expect(try TopicPattern("orders|pay").matching(names) == ["orders"])
        #expect(throws: PatternError.invalidPerlSyntax) { try TopicPattern("(?=a)") }
    }

    @Test func `Matching gives up when it takes too long`() throws {
        let pattern = try TopicPattern("(a?){1000}(a?){1000}(a?){1000}(a?){1000}b")
        let names = (0..<1000).map { String(repeating: "a", count: 200) + "\($0)" }
        #expect(throws: PatternError.tooLarge) {
            try pattern.matching(names, maxSteps: 100_000)
        }
    }
}
