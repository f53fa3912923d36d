internal import KafkaBase
public import KafkaSecurity
internal import KafkaWire

/// What became of one ACL that was to be removed.
public struct ACLDeletion: Sendable, Equatable {
    public var acl: Acl
    /// Nil when it was removed.
    public var error: KafkaError?
}

extension KafkaClient {
    /// Adds ACLs. One that is there already is no error.
    ///
    /// ```swift
    /// let errors = try await client.createACLs([
    ///     Acl(.allow, "User:alice", .read, .topic, "orders"),
    ///     Acl(.allow, "User:alice", .read, .group, "billing-", patternType: .prefixed),
    /// ])
    /// ```
    ///
    /// - Returns: for each ACL, in order, why not; nil where it was done.
    public func createACLs(_ acls: [Acl]) async throws(KafkaError) -> [KafkaError?] {
        var request = CreateAclsRequest()
        request.creations = acls.map { CreateAclsRequest.AclCreation($0) }
        let response = try await sendToController(request) { response in
            response.results.contains { $0.errorCode == .notController }
        }
        return acls.indices.map { index in
            guard response.results.indices.contains(index) else { return .noAnswer("create ACL") }
            let result = response.results[index]
            guard result.errorCode != .none else { return nil }
            return KafkaError(result.errorCode, "create ACL", detail: result.errorMessage)
        }
    }

    /// The ACLs that a filter lets through; without one, all.
    ///
    /// - Throws: `unsupported` for ACLs of kinds that this version does not know.
    public func describeACLs(
        matching filter: AclFilter = AclFilter()
    ) async throws(KafkaError) -> [Acl] {
        let response = try await send(DescribeAclsRequest(filter), to: .any)
        if response.errorCode != .none {
            throw KafkaError(response.errorCode, "describe ACLs", detail: response.errorMessage)
        }
        var acls: [Acl] = []
        for resource in response.resources {
            for acl in resource.acls {
                acls.append(
                    try Acl(
                        resource.resourceType, resource.resourceName, resource.patternType,
                        acl.principal, acl.host, acl.operation, acl.permissionType))
            }
        }
        return acls
    }

    /// Removes the ACLs that filters let through.
    ///
    /// - Returns: for each filter, in order, the ACLs that it let through, or why none was removed.
    public func deleteACLs(
        matching filters: [AclFilter]
    ) async throws(KafkaError) -> [Result<[ACLDeletion], KafkaError>] {
        var request = DeleteAclsRequest()
        request.filters = filters.map { DeleteAclsRequest.DeleteAclsFilter($0) }
        let response = try await sendToController(request) { response in
            response.filterResults.contains { $0.errorCode == .notController }
        }
        return filters.indices.map { index in
            guard response.filterResults.indices.contains(index) else {
                return .failure(.noAnswer("delete ACLs"))
            }
            return Result { () throws(KafkaError) in
                try KafkaClient.deletions(response.filterResults[index])
            }
        }
    }

    private static func deletions(
        _ result: DeleteAclsResponse.DeleteAclsFilterResult
    ) throws(KafkaError) -> [ACLDeletion] {
        if result.errorCode != .none {
            throw KafkaError(result.errorCode, "delete ACLs", detail: result.errorMessage)
        }
        var deletions: [ACLDeletion] = []
        for match in result.matchingAcls {
            let acl = try Acl(
                match.resourceType, match.resourceName, match.patternType, match.principal,
                match.host, match.operation, match.permissionType)
            let error =
                match.errorCode == .none
                ? nil : KafkaError(match.errorCode, "delete ACL", detail: match.errorMessage)
            deletions.append(ACLDeletion(acl: acl, error: error))
        }
        return deletions
    }
}
