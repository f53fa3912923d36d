/// Kinds of things that ACLs protect (Kafka's `ResourceType`).
public enum AclResourceType: Int8, AclTerm {
    case topic = 2
    case group = 3
    case cluster = 4
    case transactionalID = 5
    case delegationToken = 6
    case user = 7

    public var name: String {
        switch self {
        case .topic: "TOPIC"
        case .group: "GROUP"
        case .cluster: "CLUSTER"
        case .transactionalID: "TRANSACTIONAL_ID"
        case .delegationToken: "DELEGATION_TOKEN"
        case .user: "USER"
        }
    }

    /// What can be done to such a thing, besides all (Kafka's `AclEntry.supportedOperations`).
    public var operations: [AclOperation] {
        switch self {
        case .topic:
            [
                .read, .write, .create, .delete, .alter, .describe, .describeConfigs,
                .alterConfigs,
            ]
        case .group: [.read, .delete, .describe, .describeConfigs, .alterConfigs]
        case .cluster:
            [
                .create, .alter, .describe, .clusterAction, .describeConfigs, .alterConfigs,
                .idempotentWrite,
            ]
        case .transactionalID: [.write, .describe, .twoPhaseCommit]
        case .delegationToken: [.describe]
        case .user: [.createTokens, .describeTokens]
        }
    }
}

/// One thing that a client wants to use.
public struct AclResource: Hashable, Sendable {
    /// The only name that the cluster has.
    public static let clusterName = "kafka-cluster"

    public let type: AclResourceType
    public let name: String

    public init(_ type: AclResourceType, _ name: String) {
        self.type = type
        self.name = name
    }

    public static var cluster: AclResource { AclResource(.cluster, clusterName) }
    public static func topic(_ name: String) -> AclResource { AclResource(.topic, name) }
    public static func group(_ id: String) -> AclResource { AclResource(.group, id) }
    public static func transactionalID(_ id: String) -> AclResource {
        AclResource(.transactionalID, id)
    }
}
