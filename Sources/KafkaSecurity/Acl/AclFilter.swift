/// Which ACLs are meant (Kafka's `AclBindingFilter`). What is nil is not looked at.
public struct AclFilter: Hashable, Sendable {
    /// How the resource's name is looked at.
    public enum PatternType: Int8, AclTerm {
        /// The same name, whatever the ACL's pattern.
        case any = 1
        /// All that apply to a resource of this name.
        case match = 2
        case literal = 3
        case prefixed = 4

        public var name: String {
            switch self {
            case .any: "ANY"
            case .match: "MATCH"
            case .literal: "LITERAL"
            case .prefixed: "PREFIXED"
            }
        }
    }

    public var resourceType: AclResourceType?
    public var resourceName: String?
    public var patternType: PatternType
    public var principal: String?
    public var host: String?
    public var operation: AclOperation?
    public var permission: Acl.Permission?

    /// All ACLs, as far as nothing more is said.
    public init(
        _ resourceType: AclResourceType? = nil, _ resourceName: String? = nil,
        patternType: PatternType = .any, principal: String? = nil, host: String? = nil,
        operation: AclOperation? = nil, permission: Acl.Permission? = nil
    ) {
        self.resourceType = resourceType
        self.resourceName = resourceName
        self.patternType = patternType
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }

    /// Lets this one ACL through and no other.
    public init(_ acl: Acl) {
        self.init(
            acl.resourceType, acl.resourceName,
            patternType: acl.patternType == .literal ? .literal : .prefixed,
            principal: acl.principal, host: acl.host, operation: acl.operation,
            permission: acl.permission)
    }

    public func matches(_ acl: Acl) -> Bool {
        (principal.map { $0 == acl.principal } ?? true)
            && (host.map { $0 == acl.host } ?? true)
            && (operation.map { $0 == acl.operation } ?? true)
            && (permission.map { $0 == acl.permission } ?? true)
            && (resourceType.map { $0 == acl.resourceType } ?? true)
            && matchesName(of: acl)
    }

    private func matchesName(of acl: Acl) -> Bool {
        switch patternType {
        case .any: break
        case .literal: guard acl.patternType == .literal else { return false }
        case .prefixed: guard acl.patternType == .prefixed else { return false }
        case .match:
            return resourceName.map { acl.applies(to: AclResource(acl.resourceType, $0)) } ?? true
        }
        return resourceName.map { $0 == acl.resourceName } ?? true
    }
}
