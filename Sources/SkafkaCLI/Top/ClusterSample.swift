/// A cluster at one moment, as far as `top` shows it. A value.
struct ClusterSample: Sendable, Equatable {
    struct Broker: Sendable, Equatable {
        var id: Int32
        var address: String
        var isController = false
    }

    struct Partition: Sendable, Equatable {
        var number: Int32
        /// Nil while there is none.
        var leader: Int32?
        var replicaCount = 1
        var inSyncCount = 1
        /// Nil where nobody told; likewise the others.
        var endOffset: Int64?
        var sizeBytes: Int64?

        var isUnderReplicated: Bool { inSyncCount < replicaCount }
    }

    struct Topic: Sendable, Equatable {
        var name: String
        var partitions: [Partition]
    }

    struct Group: Sendable, Equatable {
        var name: String
        var state = ""
        /// Nil where it is not known.
        var memberCount: Int?
        /// Topics that it has committed offsets of.
        var topicCount = 0
        /// Records behind the ends of all partitions with a committed offset together.
        var lag: Int64?
    }

    /// A clock's that only goes on.
    var atNs: UInt64
    var clusterID: String?
    var brokers: [Broker] = []
    var topics: [Topic] = []
    /// Nil where groups were not asked for, or no broker told.
    var groups: [Group]?
}

extension ClusterSample.Topic {
    /// Of the partitions whose leaders told.
    var endOffset: Int64? { ClusterSample.sum(partitions.map(\.endOffset)) }
    var sizeBytes: Int64? { ClusterSample.sum(partitions.map(\.sizeBytes)) }
    var underReplicatedCount: Int { partitions.count(where: \.isUnderReplicated) }
    var offlineCount: Int { partitions.count { $0.leader == nil } }
}

extension ClusterSample {
    /// Of what is known; nil when nothing is.
    static func sum(_ values: [Int64?]) -> Int64? {
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +)
    }
}
