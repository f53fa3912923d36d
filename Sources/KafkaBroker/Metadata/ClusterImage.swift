import KafkaBase
import KafkaSecurity

/// What the cluster consists of at one moment, shaped like KRaft's image: immutable, shared freely
/// between threads; a change makes a new one.
struct ClusterImage: Sendable, Equatable {
    /// Topics by name.
    private(set) var topics: [String: TopicImage] = [:]
    private(set) var topicNames: [Uuid: String] = [:]
    /// The first producer id that was never handed out.
    var nextProducerID: Int64 = 0
    /// Settings that were changed at run time, by the broker's id in text or `allBrokers`.
    private(set) var brokerConfigs: [String: [String: String]] = [:]
    /// What consumer groups set for themselves, by their ids; a group need not exist.
    private(set) var groupConfigs: [String: [String: String]] = [:]
    /// Subscriptions to clients' metrics, by their names.
    private(set) var clientMetricsConfigs: [String: [String: String]] = [:]
    /// Levels of the features that are in force.
    var features = Features()
    var quotas = ClientQuotas()
    var credentials = ScramCredentials()
    /// Each once.
    var acls: [Uuid: Acl] = [:]
    /// Topics whose directories may not be out of the way yet.
    private(set) var deletedTopics: Set<Uuid> = []

    /// This node's directories of logs besides the one that the metadata lies in.
    var logDirectories: [String] = []

    /// Stands for the defaults of all brokers.
    static let allBrokers = ""

    func topic(id: Uuid) -> TopicImage? {
        topicNames[id].flatMap { topics[$0] }
    }

    /// Adds a topic, or replaces the one of the same name.
    mutating func insert(_ topic: TopicImage) {
        remove(name: topic.name)
        topics[topic.name] = topic
        topicNames[topic.id] = topic.name
    }

    mutating func remove(name: String) {
        guard let topic = topics.removeValue(forKey: name) else { return }
        topicNames[topic.id] = nil
    }

    /// Removes a topic whose directories are still to go.
    mutating func delete(name: String) {
        guard let topic = topics[name] else { return }
        remove(name: name)
        deletedTopics.insert(topic.id)
    }

    mutating func noteDeleted(_ id: Uuid) { deletedTopics.insert(id) }

    mutating func forgetDeleted(_ ids: [Uuid]) { deletedTopics.subtract(ids) }

    /// - Parameter broker: an id in text, or `allBrokers`.
    mutating func setConfigs(_ configs: [String: String], broker: String) {
        brokerConfigs[broker] = configs.isEmpty ? nil : configs
    }

    mutating func setGroupConfigs(_ configs: [String: String], group: String) {
        groupConfigs[group] = configs.isEmpty ? nil : configs
    }

    mutating func setClientMetricsConfigs(_ configs: [String: String], subscription: String) {
        clientMetricsConfigs[subscription] = configs.isEmpty ? nil : configs
    }
}

extension ClusterImage {
    /// Whether there are topics or partitions that another image does not have.
    func grows(beyond other: ClusterImage) -> Bool {
        topics.values.contains { topic in
            topic.partitions.count > other.topics[topic.name]?.partitions.count ?? 0
        }
    }
}

/// A topic as the cluster knows it.
struct TopicImage: Sendable, Equatable {
    var name: String
    var id: Uuid
    /// By partition number.
    var partitions: [PartitionImage]
    /// What the topic itself sets, validated.
    var configs: [String: String] = [:]

    /// Made by the broker for itself: hidden from clients that list a user's topics.
    var isInternal: Bool { TopicName.internalTopics.contains(name) }
}

/// Who holds a partition.
struct PartitionImage: Sendable, Equatable {
    var leader: Int32
    var leaderEpoch: Int32
    var partitionEpoch: Int32
    var replicas: [Int32]
    var inSyncReplicas: [Int32]

    init(soleReplica node: Int32, leaderEpoch: Int32 = 0) {
        leader = node
        self.leaderEpoch = leaderEpoch
        partitionEpoch = 0
        replicas = [node]
        inSyncReplicas = [node]
    }
}
