import KafkaBase
import Testing

@testable import KafkaBroker

@Suite struct TopicRulesTests {
    private func plan(
        _ topic: NewTopic, existing: [String] = [], broker: [String: String] = [:]
    ) throws -> TopicImage {
        var image = ClusterImage()
        for name in existing {
            image.insert(TopicImage(name: name, id: .random(), partitions: []))
        }
        return try TopicRules(settings: BrokerSettings(broker)).plan(topic, in: image)
    }

    private func code(
        _ topic: NewTopic, existing: [String] = [], broker: [String: String] = [:]
    ) throws -> ErrorCode? {
        do {
            _ = try plan(topic, existing: existing, broker: broker)
            return nil
        } catch let error as ApiError {
            #expect(error.message?.isEmpty == false, "an error without a text")
            return error.code
        }
    }

    @Test func `Counts that are not given come from the broker`() throws {
        #expect(try plan(NewTopic(name: "t")).partitions.count == 1)
        let topic = try plan(NewTopic(name: "t"), broker: ["num.partitions": "5", "node.id": "3"])
        #expect(topic.partitions == Array(repeating: PartitionImage(soleReplica: 3), count: 5))
        #expect(try plan(NewTopic(name: "t", partitionCount: 7)).partitions.count == 7)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a b", "ä", String(repeating: "x", count: 250)])
    func `Names that Kafka refuses`(_ name: String) throws {
        #expect(try code(NewTopic(name: name)) == .invalidTopicException)
    }

    @Test func `A topic exists once, and not beside one with the same metrics' name`() throws {
        #expect(try code(NewTopic(name: "a.b"), existing: ["a.b"]) == .topicAlreadyExists)
        #expect(try code(NewTopic(name: "a_b"), existing: ["a.b"]) == .invalidTopicException)
        #expect(try code(NewTopic(name: "a-b"), existing: ["a.b"]) == nil)
    }

    @Test func `One node holds one replica`() throws {
        #expect(try code(NewTopic(name: "t", replicationFactor: 1)) == nil)
        #expect(try code(NewTopic(name: "t", replicationFactor: 2)) == .invalidReplicationFactor)
        #expect(try code(NewTopic(name: "t", replicationFactor: 0)) == .invalidReplicationFactor)
        #expect(try code(NewTopic(name: "t", replicationFactor: -2)) == .invalidReplicationFactor)
        #expect(
            try code(NewTopic(name: "t"), broker: ["default.replication.factor": "3"])
                == .invalidReplicationFactor)
    }

    @Test(arguments: [Int32(0), -2]) func `Partitions are at least one`(_ count: Int32) throws {
        #expect(try code(NewTopic(name: "t", partitionCount: count)) == .invalidPartitions)
    }

    @Test func `Assignments name this broker alone, from partition 0 on`() throws {
        let good = NewTopic(name: "t", assignments: [0: [0], 1: [0]])
        #expect(try plan(good).partitions.count == 2)
        #expect(
            try code(NewTopic(name: "t", assignments: [1: [0]])) == .invalidReplicaAssignment)
        #expect(
            try code(NewTopic(name: "t", assignments: [0: [1]])) == .invalidReplicaAssignment)
        #expect(
            try code(NewTopic(name: "t", assignments: [0: [0, 0]])) == .invalidReplicaAssignment)
        #expect(
            try code(NewTopic(name: "t", partitionCount: 1, assignments: [0: [0]]))
                == .invalidRequest)
    }

    @Test func `Settings are checked and kept`() throws {
        let topic = try plan(NewTopic(name: "t", configs: ["retention.ms": " 5 "]))
        #expect(topic.configs == ["retention.ms": "5"])
        #expect(
            try code(NewTopic(name: "t", configs: ["retention.mz": "5"])) == .invalidConfig)
        #expect(
            try code(NewTopic(name: "t", configs: ["retention.ms": "soon"])) == .invalidConfig)
        #expect(
            try code(NewTopic(name: "t", configs: ["retention.ms": String?.none]))
                == .invalidConfig)
    }
}
