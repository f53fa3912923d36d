import KafkaBase
import KafkaWire

/// What a fetch asks of a partition.
struct FetchAsk: Sendable, Equatable {
    var partition: Int32
    /// Leader epoch that the client knows; -1 when it tells none.
    var currentLeaderEpoch: Int32 = -1
    var fetchOffset: Int64
    /// Leader epoch of the record in front of `fetchOffset`; -1 when it is not told.
    var lastFetchedEpoch: Int32 = -1
    var maxBytes: Int32
}

/// A partition of a fetch, with what it asks.
struct FetchedPartition: Sendable, Equatable {
    /// Zero below version 13, which names topics.
    var topicID: Uuid
    /// Nil for an id that no topic had when it was named first.
    var topic: String?
    var ask: FetchAsk

    /// What names a partition within a session: its topic's id, or the name where ids are not used.
    struct Key: Hashable, Sendable {
        var topicID: Uuid
        var topic: String
        var partition: Int32

        init(topicID: Uuid, topic: String?, partition: Int32) {
            self.topicID = topicID
            self.topic = topicID == .zero ? topic ?? "" : ""
            self.partition = partition
        }
    }

    var key: Key { Key(topicID: topicID, topic: topic, partition: ask.partition) }

    func isOfSameTopic(as other: FetchedPartition) -> Bool {
        topicID == other.topicID && (topicID != .zero || topic == other.topic)
    }
}

extension FetchAsk {
    init(_ asked: FetchRequest.FetchPartition) {
        partition = asked.partition
        currentLeaderEpoch = asked.currentLeaderEpoch
        fetchOffset = asked.fetchOffset
        lastFetchedEpoch = asked.lastFetchedEpoch
        maxBytes = asked.partitionMaxBytes
    }
}
