import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// CreateAcls: adds ACLs, each by itself; `AclEdit` says what is refused.
///
/// - One that is there already is no error.
struct CreateAclsHandler: ApiHandler {
    typealias Request = CreateAclsRequest
    static let servedVersions: ClosedRange<Int16> = 1...3

    let node: BrokerNode

    func handle(
        _ request: CreateAclsRequest, _ context: RequestContext,
        _ reply: Reply<CreateAclsResponse>
    ) {
        let refusal = context.refusal(of: .alter, .cluster)
        guard refusal == nil, node.authorizer != nil else {
            let error = refusal ?? .securityDisabled
            return reply.send(response(request.creations.map { _ in error }))
        }
        node.metadata.edit(on: context.eventLoop) {
            image -> (changes: [MetadataChange], answer: [ApiError?]) in
            var edit = AclEdit(image)
            let errors = request.creations.map { asked -> ApiError? in
                do throws(ApiError) {
                    try edit.create(try Acl(asked))
                    return nil
                } catch {
                    return error
                }
            }
            return (edit.changes, errors)
        }.whenComplete { result in
            switch result {
            case .success(let errors): reply.send(response(errors))
            case .failure(let error):
                let error = ApiError.ofEdit(error)
                reply.send(response(request.creations.map { _ in error }))
            }
        }
    }

    /// - Parameter errors: of all ACLs, in the request's order.
    private func response(_ errors: [ApiError?]) -> CreateAclsResponse {
        var response = CreateAclsResponse()
        response.results = errors.map { error in
            var result = CreateAclsResponse.AclCreationResult()
            result.errorCode = error?.code ?? .none
            result.errorMessage = error?.message
            return result
        }
        return response
    }
}
