import KafkaBase
import KafkaSecurity
import KafkaWire

/// DescribeUserScramCredentials (KIP-554): which mechanisms users have credentials for, and with
/// how many iterations (Kafka's `ScramImage.describe`).
///
/// - No users asked for stands for all. One that is asked for twice is an error of its own.
struct DescribeUserScramCredentialsHandler: ApiHandler {
    typealias Request = DescribeUserScramCredentialsRequest
    typealias Result = DescribeUserScramCredentialsResponse.Result
    static let servedVersions: ClosedRange<Int16> = 0...0

    let node: BrokerNode

    func handle(
        _ request: DescribeUserScramCredentialsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeUserScramCredentialsResponse>
    ) {
        if let refusal = context.refusal(of: .describe, .cluster) {
            var response = DescribeUserScramCredentialsResponse()
            response.errorCode = refusal.code
            response.errorMessage = refusal.message
            return reply.send(response)
        }
        let credentials = node.metadata.store.image.credentials
        let asked = (request.users ?? []).map(\.name)
        var counts: [String: Int] = [:]
        for name in asked { counts[name, default: 0] += 1 }
        let names = asked.isEmpty ? Array(credentials.users.keys) : Array(counts.keys)
        var response = DescribeUserScramCredentialsResponse()
        response.results = names.sorted().map { name in
            result(name, credentials, isTwice: counts[name, default: 1] > 1)
        }
        reply.send(response)
    }

    private func result(
        _ name: String, _ credentials: ScramCredentials, isTwice: Bool
    ) -> Result {
        var result = Result()
        result.user = name
        guard !isTwice else {
            result.errorCode = .duplicateResource
            result.errorMessage =
                "Cannot describe SCRAM credentials for the same user twice in a single request: "
                + name
            return result
        }
        guard let found = credentials.users[name] else {
            result.errorCode = .resourceNotFound
            result.errorMessage =
                "Attempt to describe a user credential that does not exist: \(name)"
            return result
        }
        result.credentialInfos = found.compactMap { mechanism, credential in
            mechanism.scramNumber.map { number in
                var info = DescribeUserScramCredentialsResponse.CredentialInfo()
                info.mechanism = number
                info.iterations = Int32(clamping: credential.iterations)
                return info
            }
        }.sorted { $0.mechanism < $1.mechanism }
        return result
    }
}
