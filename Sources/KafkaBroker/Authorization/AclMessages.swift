import KafkaBase
import KafkaSecurity
import KafkaWire

extension ApiError {
    static let securityDisabled = ApiError(.securityDisabled, "No Authorizer is configured.")
}

extension Acl {
    /// - Throws: `ApiError` for what no ACL can have.
    init(_ asked: CreateAclsRequest.AclCreation) throws(ApiError) {
        guard let resourceType = AclResourceType(rawValue: asked.resourceType) else {
            throw ApiError(.invalidRequest, "Invalid resourceType \(asked.resourceType)")
        }
        guard let patternType = PatternType(rawValue: asked.resourcePatternType) else {
            throw ApiError(.invalidRequest, "Invalid patternType \(asked.resourcePatternType)")
        }
        guard let operation = AclOperation(rawValue: asked.operation) else {
            throw ApiError(.invalidRequest, "Invalid operation \(asked.operation)")
        }
        guard let permission = Permission(rawValue: asked.permissionType) else {
            throw ApiError(.invalidRequest, "Invalid permissionType \(asked.permissionType)")
        }
        self.init(
            permission, asked.principal, operation, resourceType, asked.resourceName,
            patternType: patternType, host: asked.host)
    }
}

extension AclFilter {
    private static let any: Int8 = 1

    init(_ asked: DescribeAclsRequest) throws(ApiError) {
        try self.init(
            asked.resourceTypeFilter, asked.resourceNameFilter, asked.patternTypeFilter,
            asked.principalFilter, asked.hostFilter, asked.operation, asked.permissionType)
    }

    init(_ asked: DeleteAclsRequest.DeleteAclsFilter) throws(ApiError) {
        try self.init(
            asked.resourceTypeFilter, asked.resourceNameFilter, asked.patternTypeFilter,
            asked.principalFilter, asked.hostFilter, asked.operation, asked.permissionType)
    }

    /// - Throws: `ApiError` for what this version does not know.
    private init(
        _ resourceType: Int8, _ resourceName: String?, _ patternType: Int8, _ principal: String?,
        _ host: String?, _ operation: Int8, _ permission: Int8
    ) throws(ApiError) {
        guard let pattern = PatternType(rawValue: patternType) else {
            throw ApiError(.invalidRequest, "Unknown patternFilter.")
        }
        self.init(
            try AclFilter.term(resourceType, "patternFilter"), resourceName, patternType: pattern,
            principal: principal, host: host,
            operation: try AclFilter.term(operation, "entryFilter"),
            permission: try AclFilter.term(permission, "entryFilter"))
    }

    private static func term<Term: AclTerm>(
        _ code: Int8, _ name: String
    ) throws(ApiError) -> Term? {
        guard code != any else { return nil }
        guard let term = Term(rawValue: code) else {
            throw ApiError(.invalidRequest, "Unknown \(name).")
        }
        return term
    }
}
