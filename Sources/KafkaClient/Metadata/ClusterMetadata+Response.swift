internal import KafkaBase
internal import KafkaWire

/// Names and numbers are there once in what is made of an answer, whatever a broker sends: others
/// rely on it.
extension ClusterMetadata {
    init(_ response: MetadataResponse) {
        clusterID = response.clusterId
        controllerID = response.controllerId >= 0 ? response.controllerId : nil
        // A broker that cannot be reached as it says is as good as none.
        brokers = response.brokers.filter { (0...65535).contains($0.port) }.map {
            Broker(id: $0.nodeId, host: $0.host, port: $0.port, rack: $0.rack)
        }.sortedOnce(by: \.id)
        topics = response.topics.compactMap(Topic.init).sortedOnce(by: \.name)
    }
}

extension ClusterMetadata.Topic {
    /// Partition numbers from here on are taken for damage: lists are sized by them.
    static let maxPartitionCount: Int32 = 1 << 20

    /// Nil for an answer about an id without a name.
    init?(_ topic: MetadataResponse.MetadataResponseTopic) {
        guard let name = topic.name else { return nil }
        self.init(name: name)
        id = topic.topicId == .zero ? nil : topic.topicId
        isInternal = topic.isInternal
        error = topic.errorCode == .none ? nil : topic.errorCode
        partitions = topic.partitions.filter {
            (0..<Self.maxPartitionCount).contains($0.partitionIndex)
        }.map { partition in
            var result = ClusterMetadata.Partition(
                partition: partition.partitionIndex,
                leader: partition.leaderId >= 0 ? partition.leaderId : nil)
            result.leaderEpoch = partition.leaderEpoch
            result.replicas = partition.replicaNodes
            result.inSyncReplicas = partition.isrNodes
            result.offlineReplicas = partition.offlineReplicas
            result.error = partition.errorCode == .none ? nil : partition.errorCode
            return result
        }.sortedOnce(by: \.partition)
    }
}

extension Array {
    /// In the order of their keys; of equal ones the last.
    fileprivate func sortedOnce<Key: Hashable & Comparable>(by key: (Element) -> Key) -> [Element] {
        Dictionary(map { (key($0), $0) }) { _, last in last }
            .sorted { $0.key < $1.key }.map(\.value)
    }
}
