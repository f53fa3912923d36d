import KafkaBase
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct MetadataCacheTests {
    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let partition = TopicPartition(topic: "t", partition: 0)

    private func metadata(
        leader: Int32?, epoch: Int32, id: Uuid? = nil, error: ErrorCode? = nil
    ) -> ClusterMetadata {
        var metadata = ClusterMetadata()
        metadata.brokers = [1, 2].map { ClusterMetadata.Broker(id: $0, host: "h", port: 1) }
        var topic = ClusterMetadata.Topic(name: "t")
        topic.id = id
        topic.error = error
        var partition = ClusterMetadata.Partition(partition: 0, leader: leader)
        partition.leaderEpoch = epoch
        topic.partitions = error == nil ? [partition] : []
        metadata.topics = [topic]
        return metadata
    }

    @Test func aBrokerThatMovedIsFoundWhereItsCoordinatorsSay() {
        var cache = MetadataCache()
        cache.merge(metadata(leader: 1, epoch: 4), now: now)
        cache.learn([ClusterMetadata.Broker(id: 1, host: "h", port: 2)])
        #expect(cache.brokers[1]?.port == 2)
        #expect(cache.brokers[2]?.port == 1)
    }

    @Test func tellsTheLeader() {
        var cache = MetadataCache()
        #expect(cache.leader(of: partition) == nil)
        cache.merge(metadata(leader: 1, epoch: 4), now: now)
        #expect(
            cache.leader(of: partition) == MetadataCache.Leader(broker: 1, epoch: 4, topicID: nil))
        #expect(cache.leader(of: TopicPartition(topic: "t", partition: 1)) == nil)
        cache.merge(metadata(leader: nil, epoch: 5), now: now)
        #expect(cache.leader(of: partition) == nil)
    }

    @Test func aLaggingBrokerDoesNotBringAnOldLeaderBack() {
        var cache = MetadataCache()
        cache.merge(metadata(leader: 2, epoch: 5), now: now)
        cache.merge(metadata(leader: 1, epoch: 4), now: now)
        #expect(cache.leader(of: partition)?.broker == 2)
        cache.merge(metadata(leader: 1, epoch: 6), now: now)
        #expect(cache.leader(of: partition)?.broker == 1)
    }

    @Test func aTopicMadeAnewBeginsAnew() {
        var cache = MetadataCache()
        cache.merge(metadata(leader: 2, epoch: 5, id: Uuid(high: 1, low: 1)), now: now)
        cache.merge(metadata(leader: 1, epoch: 0, id: Uuid(high: 2, low: 2)), now: now)
        #expect(cache.leader(of: partition)?.broker == 1)
    }

    @Test func aDeletedTopicIsForgotten() {
        var cache = MetadataCache()
        cache.merge(metadata(leader: 2, epoch: 5), now: now)
        cache.merge(metadata(leader: nil, epoch: 0, error: .unknownTopicOrPartition), now: now)
        #expect(cache.topic("t") == nil)
    }

    @Test func topicsGrowOld() {
        var cache = MetadataCache()
        cache.merge(metadata(leader: 2, epoch: 5), now: now)
        #expect(cache.topic("t", maxAgeMs: 1000, now: now + .milliseconds(1000)) != nil)
        #expect(cache.topic("t", maxAgeMs: 1000, now: now + .milliseconds(1001)) == nil)
    }

    @Test func anAnswerWithoutBrokersKeepsThoseKnown() {
        var cache = MetadataCache()
        cache.merge(metadata(leader: 2, epoch: 5), now: now)
        cache.merge(ClusterMetadata(), now: now)
        #expect(cache.brokers.count == 2)
    }
}
