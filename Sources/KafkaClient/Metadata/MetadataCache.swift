internal import KafkaBase
internal import KafkaTransport
internal import KafkaWire
internal import NIOCore

/// What is known of the cluster from all answers so far. A plain value; its owner locks it.
///
/// Bounded by the cluster: topics that are asked for by name and found to be gone are dropped, and
/// coordinators are forgotten above `maxCoordinatorCount`.
struct MetadataCache: Sendable {
    struct Leader: Equatable {
        var broker: Int32
        var epoch: Int32
        var topicID: Uuid?
    }

    static let maxCoordinatorCount = 10_000

    private(set) var clusterID: String?
    private(set) var controllerID: Int32?
    private(set) var brokers: [Int32: ClusterMetadata.Broker] = [:]
    private var topics: [String: (topic: ClusterMetadata.Topic, fetchedAt: NIODeadline)] = [:]
    private var coordinators: [CoordinatorKey: Int32] = [:]

    /// Takes an answer over what is known.
    mutating func merge(_ metadata: ClusterMetadata, now: NIODeadline) {
        clusterID = metadata.clusterID
        controllerID = metadata.controllerID
        // An answer without brokers comes from a broker that is just starting.
        if !metadata.brokers.isEmpty {
            brokers = Dictionary(metadata.brokers.map { ($0.id, $0) }) { $1 }
        }
        for topic in metadata.topics {
            if topic.error == nil || topic.error == .leaderNotAvailable {
                topics[topic.name] = (keepingNewerEpochs(topic), now)
            } else {
                topics[topic.name] = nil
            }
        }
    }

    /// A broker that lags behind must not undo what another told of a later leader (KIP-320).
    private func keepingNewerEpochs(_ topic: ClusterMetadata.Topic) -> ClusterMetadata.Topic {
        guard let known = topics[topic.name]?.topic, known.id == topic.id else { return topic }
        var topic = topic
        for (index, partition) in topic.partitions.enumerated() {
            if let old = known.partition(partition.partition),
                partition.leaderEpoch >= 0, old.leaderEpoch > partition.leaderEpoch
            {
                topic.partitions[index] = old
            }
        }
        return topic
    }

    func topic(_ name: String) -> ClusterMetadata.Topic? {
        topics[name]?.topic
    }

    /// The topic when it was fetched no longer ago than that.
    func topic(_ name: String, maxAgeMs: Int, now: NIODeadline) -> ClusterMetadata.Topic? {
        guard let entry = topics[name], now - entry.fetchedAt <= .milliseconds(Int64(maxAgeMs))
        else { return nil }
        return entry.topic
    }

    /// Nil while the partition is unknown or has no leader.
    func leader(of partition: TopicPartition) -> Leader? {
        guard let topic = topics[partition.topic]?.topic,
            let found = topic.partition(partition.partition), let broker = found.leader,
            brokers[broker] != nil
        else { return nil }
        return Leader(broker: broker, epoch: found.leaderEpoch, topicID: topic.id)
    }

    /// Forgets who leads a partition, so that it is asked for anew.
    mutating func forgetTopic(_ name: String) {
        topics[name] = nil
    }

    // MARK: Coordinators

    func coordinator(of key: CoordinatorKey) -> Int32? { coordinators[key] }

    mutating func learn(coordinator broker: Int32, of key: CoordinatorKey) {
        if coordinators.count >= Self.maxCoordinatorCount { coordinators = [:] }
        coordinators[key] = broker
    }

    mutating func forgetCoordinator(of key: CoordinatorKey) {
        coordinators[key] = nil
    }

    /// Brokers that an answer named by the way, without their racks: a broker that was started
    /// elsewhere is found where it is now.
    mutating func learn(_ named: [ClusterMetadata.Broker]) {
        for broker in named {
            if let known = brokers[broker.id], known.host == broker.host,
                known.port == broker.port
            {
                continue
            }
            brokers[broker.id] = broker
        }
    }
}
