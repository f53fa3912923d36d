import KafkaBase
import KafkaSecurity
import KafkaWire

/// DescribeAcls: the ACLs that a filter lets through, by the resources they are about.
///
/// - Version 3 and above know users as resources (KIP-373), which are left out before.
struct DescribeAclsHandler: ApiHandler {
    typealias Request = DescribeAclsRequest
    typealias Resource = DescribeAclsResponse.DescribeAclsResource
    static let servedVersions: ClosedRange<Int16> = 1...3
    private static let firstVersionWithUsers: Int16 = 3

    /// What the answer is grouped by.
    private struct Pattern: Hashable {
        var type: AclResourceType
        var name: String
        var patternType: Acl.PatternType
    }

    let node: BrokerNode

    func handle(
        _ request: DescribeAclsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeAclsResponse>
    ) {
        var response = DescribeAclsResponse()
        response.errorMessage = nil
        do throws(ApiError) {
            if let refusal = context.refusal(of: .describe, .cluster) { throw refusal }
            guard node.authorizer != nil else {
                // The text differs from the other requests', as in Kafka.
                throw ApiError(
                    .securityDisabled, "No Authorizer is configured on the broker")
            }
            let filter = try AclFilter(request)
            let knowsUsers = context.version >= DescribeAclsHandler.firstVersionWithUsers
            response.resources = resources(
                node.metadata.store.image.acls.values.filter {
                    filter.matches($0) && (knowsUsers || $0.resourceType != .user)
                })
        } catch {
            response.errorCode = error.code
            response.errorMessage = error.message
        }
        reply.send(response)
    }

    private func resources(_ acls: [Acl]) -> [Resource] {
        let byPattern = Dictionary(grouping: acls) {
            Pattern(type: $0.resourceType, name: $0.resourceName, patternType: $0.patternType)
        }
        return byPattern.map { pattern, acls in
            var resource = Resource()
            resource.resourceType = pattern.type.rawValue
            resource.resourceName = pattern.name
            resource.patternType = pattern.patternType.rawValue
            resource.acls = acls.sorted { "\($0)" < "\($1)" }.map { acl in
                var description = DescribeAclsResponse.AclDescription()
                description.principal = acl.principal
                description.host = acl.host
                description.operation = acl.operation.rawValue
                description.permissionType = acl.permission.rawValue
                return description
            }
            return resource
        }.sorted {
            ($0.resourceType, $0.resourceName, $0.patternType)
                < ($1.resourceType, $1.resourceName, $1.patternType)
        }
    }
}
