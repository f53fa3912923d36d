import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// AlterUserScramCredentials (KIP-554): gives users SCRAM credentials, or takes them away, each
/// user by itself; `ScramCredentials` says what is refused. What is kept of a password cannot be
/// used to log in (RFC 5802).
struct AlterUserScramCredentialsHandler: ApiHandler {
    typealias Request = AlterUserScramCredentialsRequest
    typealias Outcome = (user: String, error: ApiError?)
    static let servedVersions: ClosedRange<Int16> = 0...0

    let node: BrokerNode

    func handle(
        _ request: AlterUserScramCredentialsRequest, _ context: RequestContext,
        _ reply: Reply<AlterUserScramCredentialsResponse>
    ) {
        let alterations =
            request.deletions.map {
                ScramCredentials.Alteration(user: $0.name, mechanism: $0.mechanism)
            }
            + request.upsertions.map {
                ScramCredentials.Alteration(
                    user: $0.name, mechanism: $0.mechanism,
                    password: SaltedPassword(
                        salt: Array($0.salt.readableBytesView),
                        bytes: Array($0.saltedPassword.readableBytesView),
                        iterations: Int($0.iterations)))
            }
        if let refusal = context.refusal(of: .alter, .cluster) {
            return reply.send(response(alterations.map { ($0.user, refusal) }))
        }
        node.metadata.edit(on: context.eventLoop) {
            image -> (changes: [MetadataChange], answer: [Outcome]) in
            var credentials = image.credentials
            let outcomes = credentials.apply(alterations)
            let isChanged = credentials != image.credentials
            return (isChanged ? [.setCredentials(credentials)] : [], outcomes)
        }.whenComplete { result in
            switch result {
            case .success(let outcomes): reply.send(response(outcomes))
            case .failure(let error):
                let error = ApiError.ofEdit(error)
                reply.send(response(alterations.map { ($0.user, error) }))
            }
        }
    }

    private func response(_ outcomes: [Outcome]) -> AlterUserScramCredentialsResponse {
        var response = AlterUserScramCredentialsResponse()
        response.results = outcomes.map { user, error in
            var result = AlterUserScramCredentialsResponse.Result()
            result.user = user
            result.errorCode = error?.code ?? .none
            result.errorMessage = error?.message
            return result
        }
        return response
    }
}
