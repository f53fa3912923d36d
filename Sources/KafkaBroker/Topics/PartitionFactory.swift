import KafkaBase
import KafkaLog
import NIOCore

/// Brings logs to life as partitions: each gets the event loop on which it stays.
struct PartitionFactory: Sendable {
    let eventLoops: [any EventLoop]
    let flushQueue: FlushQueue
    let flushPolicy: FlushPolicy
    let storageEvents: StorageEvents

    func makePartition(
        _ log: PartitionLog, of image: TopicImage, number: Int32, settings: TopicSettings
    ) -> Partition {
        Partition(
            log: log, name: TopicPartition(topic: image.name, partition: number),
            topicID: image.id, leaderEpoch: image.partitions[Int(number)].leaderEpoch,
            settings: settings, eventLoop: eventLoop(of: image.name, number),
            flushQueue: flushQueue, flushPolicy: flushPolicy,
            storageEvents: storageEvents)
    }

    /// Spreads a topic's partitions evenly, and topics of one partition by their names.
    private func eventLoop(of topic: String, _ number: Int32) -> any EventLoop {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in topic.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return eventLoops[Int((hash &+ UInt64(number)) % UInt64(eventLoops.count))]
    }
}
