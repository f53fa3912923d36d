/// One rule: who, from where, may or may not do something to which resources (Kafka's
/// `AclBinding`). A value; what it means together with others, `AclRules` says.
public struct Acl: Hashable, Sendable {
    /// Which resources a name stands for (Kafka's `PatternType`).
    public enum PatternType: Int8, AclTerm {
        /// The one of this name; all of them for `Acl.wildcard`.
        case literal = 3
        /// Those whose names begin with it.
        case prefixed = 4

        public var name: String {
            switch self {
            case .literal: "LITERAL"
            case .prefixed: "PREFIXED"
            }
        }
    }

    /// Kafka's `AclPermissionType`.
    public enum Permission: Int8, AclTerm {
        case deny = 2
        case allow = 3

        public var name: String {
            switch self {
            case .deny: "DENY"
            case .allow: "ALLOW"
            }
        }
    }

    /// Stands for every literal name, and for every host.
    public static let wildcard = "*"
    /// Stands for every principal, whatever its type.
    public static let everybody = "User:*"

    public var resourceType: AclResourceType
    public var resourceName: String
    public var patternType: PatternType
    /// A `KafkaPrincipal` as text.
    public var principal: String
    /// An address, or `Acl.wildcard`.
    public var host: String
    public var operation: AclOperation
    public var permission: Permission

    public init(
        _ permission: Permission, _ principal: String, _ operation: AclOperation,
        _ resourceType: AclResourceType, _ resourceName: String,
        patternType: PatternType = .literal, host: String = Acl.wildcard
    ) {
        self.resourceType = resourceType
        self.resourceName = resourceName
        self.patternType = patternType
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }

    /// Whether it is about a resource, whoever asks.
    public func applies(to resource: AclResource) -> Bool {
        guard resourceType == resource.type else { return false }
        switch patternType {
        case .literal: return resourceName == Acl.wildcard || resourceName == resource.name
        // Bytes: letters that only look the same are not.
        case .prefixed: return resource.name.utf8.starts(with: resourceName.utf8)
        }
    }
}

extension Acl: CustomStringConvertible {
    public var description: String {
        "\(permission.name) \(principal) \(operation.name) on \(patternType.name) "
            + "\(resourceType.name) \(resourceName) from \(host)"
    }
}
