internal import KafkaBase
internal import KafkaSecurity
internal import KafkaWire

// ACLs and filters as they go over the wire.

extension CreateAclsRequest.AclCreation {
    init(_ acl: Acl) {
        self.init()
        resourceType = acl.resourceType.rawValue
        resourceName = acl.resourceName
        resourcePatternType = acl.patternType.rawValue
        principal = acl.principal
        host = acl.host
        operation = acl.operation.rawValue
        permissionType = acl.permission.rawValue
    }
}

extension DescribeAclsRequest {
    init(_ filter: AclFilter) {
        self.init()
        resourceTypeFilter = filter.resourceType.code
        resourceNameFilter = filter.resourceName
        patternTypeFilter = filter.patternType.rawValue
        principalFilter = filter.principal
        hostFilter = filter.host
        operation = filter.operation.code
        permissionType = filter.permission.code
    }
}

extension DeleteAclsRequest.DeleteAclsFilter {
    init(_ filter: AclFilter) {
        self.init()
        resourceTypeFilter = filter.resourceType.code
        resourceNameFilter = filter.resourceName
        patternTypeFilter = filter.patternType.rawValue
        principalFilter = filter.principal
        hostFilter = filter.host
        operation = filter.operation.code
        permissionType = filter.permission.code
    }
}

extension Optional where Wrapped: AclTerm {
    /// On the wire, where 1 stands for any.
    fileprivate var code: Int8 { self?.rawValue ?? 1 }
}

extension Acl {
    /// - Throws: for a kind that is not known here: it would show as something that it is not.
    init(
        _ resourceType: Int8, _ resourceName: String, _ patternType: Int8, _ principal: String,
        _ host: String, _ operation: Int8, _ permission: Int8
    ) throws(KafkaError) {
        guard let resourceType = AclResourceType(rawValue: resourceType),
            let patternType = PatternType(rawValue: patternType),
            let operation = AclOperation(rawValue: operation),
            let permission = Permission(rawValue: permission)
        else {
            throw KafkaError(
                .unsupported,
                "an ACL of \(principal) on \(resourceName) is of a kind that is not known here")
        }
        self.init(
            permission, principal, operation, resourceType, resourceName,
            patternType: patternType, host: host)
    }
}
