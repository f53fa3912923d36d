import KafkaBase

/// Brings what the metadata says and the directories that were found together. Pure.
///
/// The metadata decides: a topic is in it before its directories are made, and gone from it before
/// they go. Where there is no metadata yet, another broker has written the directories, and they
/// decide.
struct Reconciliation: Equatable {
    /// A log that was found.
    struct FoundLog: Equatable {
        var name: TopicPartition
        /// Zero where the directory does not tell.
        var topicID: Uuid
        /// Of its last records, -1 for none.
        var latestEpoch: Int32
    }

    /// Topics as they are to be from now on, where that is not what the metadata says.
    private(set) var changes: [MetadataChange] = []
    /// Partitions that have no log yet.
    private(set) var missing: Set<TopicPartition> = []
    /// Logs of topics whose deletion a crash has interrupted.
    private(set) var deleted: Set<TopicPartition> = []
    /// Logs of no topic that is known, brought from elsewhere.
    private(set) var strays: Set<TopicPartition> = []
    /// Topics taken over from another broker.
    private(set) var imported: [String] = []

    /// - Parameters:
    ///   - isNew: there was no metadata.
    ///   - wasClean: if not, records may be lost, and others may get their offsets: every leader
    ///     epoch moves on, so that consumers can tell (KIP-320).
    init(
        image: ClusterImage, isNew: Bool, wasClean: Bool, nodeID: Int32, logs: [FoundLog]
    ) {
        var topics = image.topics
        // KRaft's own log is no topic: it stays where it is, untouched.
        let logs = logs.filter { $0.name.topic != TopicName.clusterMetadata }
        if isNew {
            let usable = logs.filter { Int($0.name.partition) < TopicRules.maxPartitionsPerRequest }
            for (name, logs) in Dictionary(grouping: usable, by: \.name.topic) {
                guard TopicName.problem(name) == nil else { continue }
                topics[name] = Reconciliation.importedTopic(name, logs, nodeID: nodeID)
                imported.append(name)
            }
            imported.sort()
        }
        var found: Set<TopicPartition> = []
        for log in logs {
            guard let topic = topics[log.name.topic],
                Int(log.name.partition) < topic.partitions.count,
                log.topicID == topic.id || log.topicID == .zero
            else {
                if image.deletedTopics.contains(log.topicID) {
                    deleted.insert(log.name)
                } else {
                    strays.insert(log.name)
                }
                continue
            }
            found.insert(log.name)
        }
        for (name, topic) in topics.sorted(by: { $0.key < $1.key }) {
            var topic = topic
            for number in topic.partitions.indices {
                let partition = TopicPartition(topic: name, partition: Int32(number))
                if !found.contains(partition) { missing.insert(partition) }
                if !wasClean && !isNew { topic.partitions[number].leaderEpoch += 1 }
            }
            if image.topics[name] != topic { changes.append(.putTopic(topic)) }
        }
        if !image.deletedTopics.isEmpty {
            changes.append(.forgetDeleted(image.deletedTopics.sorted { $0.high < $1.high }))
        }
    }

    /// Partitions with larger numbers stay strays: a topic has all those below its last one too.
    private static func importedTopic(
        _ name: String, _ logs: [FoundLog], nodeID: Int32
    ) -> TopicImage {
        let count = 1 + (logs.map(\.name.partition).max() ?? -1)
        var partitions = (0..<count).map { _ in PartitionImage(soleReplica: nodeID) }
        for log in logs {
            partitions[Int(log.name.partition)].leaderEpoch = max(0, log.latestEpoch)
        }
        let id = logs.map(\.topicID).first { $0 != .zero } ?? .random()
        // Kafka's own topics would lose what they keep under the default policy. Of the others
        // nobody knows how long their records were to be kept: none goes unless somebody says so.
        let configs =
            TopicName.internalTopics.contains(name)
            ? ["cleanup.policy": "compact"] : ["retention.ms": "-1"]
        return TopicImage(name: name, id: id, partitions: partitions, configs: configs)
    }
}
