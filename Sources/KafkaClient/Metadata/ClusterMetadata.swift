public import KafkaBase

/// What a broker told about its cluster. A value; it does not change when the cluster does.
public struct ClusterMetadata: Sendable, Equatable {
    public struct Broker: Sendable, Equatable {
        public var id: Int32
        public var host: String
        public var port: Int32
        public var rack: String?

        public init(id: Int32, host: String, port: Int32, rack: String? = nil) {
            self.id = id
            self.host = host
            self.port = port
            self.rack = rack
        }
    }

    public struct Partition: Sendable, Equatable {
        public var partition: Int32
        /// Nil while there is none.
        public var leader: Int32?
        /// -1 where the broker does not tell (Metadata below version 7).
        public var leaderEpoch: Int32 = -1
        public var replicas: [Int32] = []
        public var inSyncReplicas: [Int32] = []
        public var offlineReplicas: [Int32] = []
        /// Nil when there is none.
        public var error: ErrorCode?

        public init(partition: Int32, leader: Int32?) {
            self.partition = partition
            self.leader = leader
        }
    }

    public struct Topic: Sendable, Equatable {
        public var name: String
        /// Nil where the broker does not tell (Metadata below version 10).
        public var id: Uuid?
        public var isInternal = false
        /// By number.
        public var partitions: [Partition] = []
        /// Nil when there is none.
        public var error: ErrorCode?

        public init(name: String) {
            self.name = name
        }

        /// - Returns: nil when the topic has no such partition.
        public func partition(_ number: Int32) -> Partition? {
            // Numbered from 0 without gaps, but where a broker leaves one out, search.
            let index = Int(number)
            if partitions.indices.contains(index), partitions[index].partition == number {
                return partitions[index]
            }
            return partitions.first { $0.partition == number }
        }
    }

    public var clusterID: String?
    /// Nil when there is none, or the broker does not tell.
    public var controllerID: Int32?
    /// By id.
    public var brokers: [Broker] = []
    /// By name. Only the topics that were asked for.
    public var topics: [Topic] = []

    public init() {}

    /// - Returns: nil when the topic is not among those asked for.
    public func topic(_ name: String) -> Topic? {
        topics.first { $0.name == name }
    }

    public func broker(_ id: Int32) -> Broker? {
        brokers.first { $0.id == id }
    }

    /// In which racks a topic's partitions have replicas, those that are offline too: they may
    /// soon be back. Empty where brokers do not tell.
    func racks(of topic: Topic) -> [Set<String>] {
        let racks = Dictionary(
            brokers.compactMap { broker in broker.rack.map { (broker.id, $0) } },
            uniquingKeysWith: { first, _ in first })
        guard !racks.isEmpty else { return [] }
        return topic.partitions.map { Set($0.replicas.compactMap { racks[$0] }) }
    }
}
