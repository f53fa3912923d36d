import KafkaBase

/// A topic as a client asks for it.
struct NewTopic: Sendable, Equatable {
    var name: String
    /// -1 for the default.
    var partitionCount: Int32 = -1
    /// -1 for the default.
    var replicationFactor: Int16 = -1
    /// Brokers by partition; empty when the counts above say it.
    var assignments: [Int32: [Int32]] = [:]
    /// A value of nil is an error, as the protocol has it.
    var configs: [String: String?] = [:]
}

/// What a new topic must satisfy (Kafka's `ReplicationControlManager`). Pure.
struct TopicRules: Sendable {
    /// Partitions that one request may make, as in Kafka.
    static let maxPartitionsPerRequest = 10_000

    let settings: BrokerSettings

    private var nodeID: Int32 { settings.nodeID }

    /// The topic as the metadata would hold it.
    func plan(_ new: NewTopic, in image: ClusterImage) throws(ApiError) -> TopicImage {
        if let problem = TopicName.problem(new.name) {
            throw ApiError(.invalidTopicException, "Topic name is invalid: \(problem)")
        }
        guard new.name != TopicName.clusterMetadata else {
            throw ApiError(
                .invalidRequest, "Creation of internal topic \(new.name) is prohibited.")
        }
        if image.topics[new.name] != nil {
            throw ApiError(.topicAlreadyExists, "Topic '\(new.name)' already exists.")
        }
        if let other = TopicName.collision(of: new.name, among: image.topics.keys) {
            throw ApiError(
                .invalidTopicException,
                "Topic '\(new.name)' collides with existing topic: \(other)")
        }
        let configs = try validated(new.configs)
        let count = try partitionCount(of: new)
        return TopicImage(
            name: new.name, id: .random(),
            partitions: (0..<count).map { _ in PartitionImage(soleReplica: nodeID) },
            configs: configs)
    }

    private func validated(
        _ configs: [String: String?]
    ) throws(ApiError) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in configs.sorted(by: { $0.key < $1.key }) {
            guard let value else {
                throw ApiError(
                    .invalidConfig, "Null value not supported for topic configs: \(name)")
            }
            values[name] = value
        }
        return try ConfigRules(settings: settings).validTopicConfigs(values)
    }

    private func partitionCount(of new: NewTopic) throws(ApiError) -> Int32 {
        if !new.assignments.isEmpty { return try assignedCount(of: new) }
        let factor =
            new.replicationFactor == -1
            ? Int(settings.value(of: "default.replication.factor") ?? "") ?? 1
            : Int(new.replicationFactor)
        guard factor > 0 else {
            throw ApiError(
                .invalidReplicationFactor,
                "Replication factor must be larger than 0, or -1 to use the default value.")
        }
        guard factor == 1 else {
            throw ApiError(
                .invalidReplicationFactor,
                "Unable to replicate the partition \(factor) time(s): the target replication "
                    + "factor of \(factor) cannot be reached because only 1 broker(s) are "
                    + "registered.")
        }
        let count = new.partitionCount == -1 ? settings.defaultPartitions : new.partitionCount
        guard count > 0 else {
            throw ApiError(
                .invalidPartitions,
                "Number of partitions was set to an invalid non-positive value.")
        }
        // Before anything is made for each of them.
        guard count <= TopicRules.maxPartitionsPerRequest else {
            throw ApiError(
                .policyViolation, "Excessively large number of partitions per request.")
        }
        return count
    }

    private func assignedCount(of new: NewTopic) throws(ApiError) -> Int32 {
        guard new.replicationFactor == -1, new.partitionCount == -1 else {
            throw ApiError(
                .invalidRequest,
                "A manual partition assignment was specified, but "
                    + (new.replicationFactor == -1
                        ? "numPartitions" : "replication factor") + " was not set to -1.")
        }
        for (partition, brokers) in new.assignments.sorted(by: { $0.key < $1.key }) {
            guard partition >= 0, Int(partition) < new.assignments.count else {
                throw ApiError(
                    .invalidReplicaAssignment,
                    "partitions should be a consecutive 0-based integer sequence")
            }
            try checkAssignment(brokers)
        }
        return Int32(new.assignments.count)
    }

    // MARK: More partitions

    /// The topic with more partitions (Kafka's `ReplicationControlManager.createPartitions`).
    ///
    /// - Parameter assignments: brokers of each new partition; nil when the broker chooses.
    func plan(
        _ name: String, count: Int32, assignments: [[Int32]]?, in image: ClusterImage
    ) throws(ApiError) -> TopicImage {
        guard var topic = image.topics[name] else { throw ApiError(.unknownTopicOrPartition) }
        let old = topic.partitions.count
        guard count != old else {
            throw ApiError(.invalidPartitions, "Topic already has \(old) partition(s).")
        }
        guard count > old else {
            throw ApiError(
                .invalidPartitions,
                "The topic \(name) currently has \(old) partition(s); \(count) would not be an "
                    + "increase.")
        }
        let added = Int(count) - old
        // Before anything is made for each of them.
        guard added <= TopicRules.maxPartitionsPerRequest else {
            throw ApiError(
                .policyViolation, "Excessively large number of partitions per request.")
        }
        if let assignments { try check(assignments, added: added) }
        topic.partitions += (0..<added).map { _ in PartitionImage(soleReplica: nodeID) }
        return topic
    }

    private func check(_ assignments: [[Int32]], added: Int) throws(ApiError) {
        guard assignments.count == added else {
            throw ApiError(
                .invalidReplicaAssignment,
                "Attempted to add \(added) additional partition(s), but only "
                    + "\(assignments.count) assignment(s) were specified.")
        }
        for replicas in assignments { try checkAssignment(replicas) }
    }

    /// Whether the brokers of a partition are there, once each (Kafka's
    /// `ReplicationControlManager.validateManualPartitionAssignment`).
    func checkAssignment(_ replicas: [Int32]) throws(ApiError) {
        let problem: String
        if replicas.isEmpty {
            problem = "an empty replica list."
        } else if let unknown = replicas.sorted().first(where: { $0 != nodeID }) {
            problem = "broker \(unknown), but no such broker is registered."
        } else if replicas.count > 1 {
            problem = "the broker \(nodeID) more than once."
        } else {
            return
        }
        throw ApiError(
            .invalidReplicaAssignment, "The manual partition assignment includes \(problem)")
    }
}
