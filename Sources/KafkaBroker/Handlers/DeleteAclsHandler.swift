import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// DeleteAcls: removes the ACLs that filters let through, and tells which those were.
struct DeleteAclsHandler: ApiHandler {
    typealias Request = DeleteAclsRequest
    typealias Outcome = Result<[Acl], ApiError>
    static let servedVersions: ClosedRange<Int16> = 1...3

    let node: BrokerNode

    func handle(
        _ request: DeleteAclsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteAclsResponse>
    ) {
        let refusal = context.refusal(of: .alter, .cluster)
        guard refusal == nil, node.authorizer != nil else {
            let error = refusal ?? .securityDisabled
            return reply.send(response(request.filters.map { _ in .failure(error) }))
        }
        node.metadata.edit(on: context.eventLoop) {
            image -> (changes: [MetadataChange], answer: [Outcome]) in
            var edit = AclEdit(image)
            let outcomes = request.filters.map { asked in
                Result { () throws(ApiError) in edit.delete(try AclFilter(asked)) }
            }
            return (edit.changes, outcomes)
        }.whenComplete { result in
            switch result {
            case .success(let outcomes): reply.send(response(outcomes))
            case .failure(let error):
                let error = ApiError.ofEdit(error)
                reply.send(response(request.filters.map { _ in .failure(error) }))
            }
        }
    }

    /// - Parameter outcomes: of all filters, in the request's order.
    private func response(_ outcomes: [Outcome]) -> DeleteAclsResponse {
        var response = DeleteAclsResponse()
        response.filterResults = outcomes.map { outcome in
            var result = DeleteAclsResponse.DeleteAclsFilterResult()
            result.errorMessage = nil
            switch outcome {
            case .success(let acls): result.matchingAcls = acls.map(match)
            case .failure(let error):
                result.errorCode = error.code
                result.errorMessage = error.message
            }
            return result
        }
        return response
    }

    private func match(_ acl: Acl) -> DeleteAclsResponse.DeleteAclsMatchingAcl {
        var match = DeleteAclsResponse.DeleteAclsMatchingAcl()
        match.errorMessage = nil
        match.resourceType = acl.resourceType.rawValue
        match.resourceName = acl.resourceName
        match.patternType = acl.patternType.rawValue
        match.principal = acl.principal
        match.host = acl.host
        match.operation = acl.operation.rawValue
        match.permissionType = acl.permission.rawValue
        return match
    }
}
