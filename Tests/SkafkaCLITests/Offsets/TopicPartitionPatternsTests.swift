import KafkaBase
import Testing

@testable import SkafkaCLI

@Suite struct TopicPartitionPatternsTests {
    private func holds(_ text: String, _ topic: String, _ partition: Int32) throws -> Bool {
        try TopicPartitionPatterns(text).hold(TopicPartition(topic: topic, partition: partition))
    }

    /// The upper bound is left out, as by Kafka's tool.
    @Test func aListOfTopicsAndPartitions() throws {
        #expect(try holds("orders", "orders", 7))
        #expect(try !holds("orders", "orders2", 0))
        #expect(try holds("orders:3", "orders", 3) && !holds("orders:3", "orders", 4))
        #expect(try holds("a:1,log.*:2-4", "logs", 3) && !holds("log.*:2-4", "logs", 4))
        #expect(try holds(":-2", "any", 1) && !holds(":-2", "any", 2))
        #expect(try holds("a:2-", "a", 9) && !holds("a:2-", "a", 1))
    }

    @Test(arguments: ["a:x", "a:3-1", "a:1:2", "a:-1-2", "(:0", "a:99999999999"])
    func whatIsNoListIsRefused(text: String) {
        #expect(throws: CommandFailure.self) { try TopicPartitionPatterns(text) }
    }
}
