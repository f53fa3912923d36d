import KafkaBase
import KafkaWire
import Testing

@testable import KafkaClient

/// What is made of a broker's answer.
@Suite struct ClusterMetadataTests {
    private func partition(
        _ number: Int32, leader: Int32
    ) -> MetadataResponse.MetadataResponsePartition {
        var entry = MetadataResponse.MetadataResponsePartition()
        entry.partitionIndex = number
        entry.leaderId = leader
        return entry
    }

    private func topic(
        _ name: String, _ partitions: [MetadataResponse.MetadataResponsePartition]
    ) -> MetadataResponse.MetadataResponseTopic {
        var entry = MetadataResponse.MetadataResponseTopic()
        entry.name = name
        entry.partitions = partitions
        return entry
    }

    @Test func whatAnAnswerHasTwiceIsThereOnce() {
        var broker = MetadataResponse.MetadataResponseBroker()
        broker.nodeId = 1
        broker.port = 9092
        var response = MetadataResponse()
        response.brokers = [broker, broker]
        response.topics = [
            topic("b", [partition(1, leader: 1), partition(0, leader: 1)]),
            topic("a", []), topic("b", [partition(0, leader: 2), partition(0, leader: 1)]),
        ]
        let metadata = ClusterMetadata(response)
        #expect(metadata.brokers.map(\.id) == [1])
        #expect(metadata.topics.map(\.name) == ["a", "b"])
        #expect(metadata.topic("b")?.partitions.map(\.partition) == [0])
        #expect(metadata.topic("b")?.partition(0)?.leader == 1)
    }

    @Test func whatCannotBeIsLeftOut() {
        var broker = MetadataResponse.MetadataResponseBroker()
        broker.port = 65536
        var nameless = topic("", [])
        nameless.name = nil
        var response = MetadataResponse()
        response.brokers = [broker]
        response.topics = [
            nameless, topic("t", [partition(-1, leader: 0), partition(.max, leader: 0)]),
        ]
        let metadata = ClusterMetadata(response)
        #expect(metadata.brokers.isEmpty)
        #expect(metadata.topics.map(\.name) == ["t"])
        #expect(metadata.topic("t")?.partitions.isEmpty == true)
    }
}
