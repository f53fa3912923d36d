import KafkaBase

/// What a group's state machine is told about the world. A value.
struct ConsumerGroupContext: Sendable {
    var nowMs: Int64
    var topics: any TopicCatalog
    var settings: ConsumerGroupSettings
    /// Greater after each change of the ACLs.
    var aclsVersion: Int64 = 0
    /// Of the member that is heard; nil while none of those that regular expressions are from is,
    /// and then these keep what they stand for.
    var view: TopicView?

    /// Of what regular expressions are looked up in.
    var versions: Versions { Versions(topics: topics.version, acls: aclsVersion) }

    struct Versions: Equatable {
        var topics: Int64
        var acls: Int64
    }
}

/// The broker's settings for consumer groups, with what is set for one group alone (KIP-848). A
/// value.
struct ConsumerGroupSettings: Sendable, Equatable {
    /// Whether groups may change the protocol while they have members.
    enum MigrationPolicy: String, Sendable, CaseIterable {
        case bidirectional
        case upgrade
        case downgrade
        case disabled

        var allowsUpgrade: Bool { self == .bidirectional || self == .upgrade }
        var allowsDowngrade: Bool { self == .bidirectional || self == .downgrade }
    }

    var sessionTimeoutMs: Int32 = 45_000
    var heartbeatIntervalMs: Int32 = 5_000
    var maxSize = Int(Int32.max)
    /// The first is used where no member asks for another.
    var assignors: [ServerAssignor] = [.uniform, .range]
    var migrationPolicy = MigrationPolicy.bidirectional

    func assignor(_ name: String) -> ServerAssignor? {
        assignors.first { $0.rawValue == name }
    }
}
