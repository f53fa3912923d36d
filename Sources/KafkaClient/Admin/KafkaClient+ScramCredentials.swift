internal import KafkaBase
public import KafkaSecurity
internal import KafkaWire
internal import NIOCore

/// That a user has a SCRAM credential. What is in it stays in the broker.
public struct ScramCredentialInfo: Hashable, Sendable {
    public var mechanism: SaslMechanism
    /// What the password's hash was computed with.
    public var iterations: Int

    public init(mechanism: SaslMechanism, iterations: Int) {
        self.mechanism = mechanism
        self.iterations = iterations
    }
}

/// A SCRAM credential that is to be given to a user, or taken away.
///
///     let password = SaltedPassword(.sha256, password: Secret("s3cret"), iterations: 4096)
///     let change = ScramCredentialChange(user: "alice", .scramSha256, password: password)
public struct ScramCredentialChange: Sendable, Equatable {
    public var user: String
    /// One of SCRAM's.
    public var mechanism: SaslMechanism
    /// Salted with the mechanism's hash; nil takes the credential away.
    public var password: SaltedPassword?

    public init(user: String, _ mechanism: SaslMechanism, password: SaltedPassword?) {
        self.user = user
        self.mechanism = mechanism
        self.password = password
    }
}

extension KafkaClient {
    /// Which SCRAM credentials users have (KIP-554).
    ///
    /// ```swift
    /// for (user, credentials) in try await client.describeScramCredentials() {
    ///     print(user, try credentials.get().map(\.mechanism))
    /// }
    /// ```
    ///
    /// - Parameter users: empty for all that have any.
    /// - Returns: for each user the credentials; RESOURCE_NOT_FOUND for one without any.
    public func describeScramCredentials(
        of users: [String] = []
    ) async throws(KafkaError) -> [String: Result<[ScramCredentialInfo], KafkaError>] {
        var request = DescribeUserScramCredentialsRequest()
        request.users =
            users.isEmpty
            ? nil
            : Set(users).sorted().map { name in
                var user = DescribeUserScramCredentialsRequest.UserName()
                user.name = name
                return user
            }
        let response = try await send(request, to: .any)
        let what = "describe SCRAM credentials"
        guard response.errorCode == .none else {
            throw KafkaError(response.errorCode, what, detail: response.errorMessage)
        }
        var results: [String: Result<[ScramCredentialInfo], KafkaError>] = [:]
        for result in response.results {
            results[result.user] =
                result.errorCode == .none
                ? .success(
                    result.credentialInfos.compactMap { info in
                        SaslMechanism(scramNumber: info.mechanism).map {
                            ScramCredentialInfo(mechanism: $0, iterations: Int(info.iterations))
                        }
                    })
                : .failure(
                    KafkaError(
                        result.errorCode, "describe user \(result.user)",
                        detail: result.errorMessage))
        }
        for user in users where results[user] == nil {
            results[user] = .failure(.noAnswer("describe user \(user)"))
        }
        return results
    }

    /// Gives users SCRAM credentials, or takes them away (KIP-554). A broker takes one change of a
    /// user at a time, so several go one after the other.
    ///
    /// - Returns: for each change, in their order, why it was not made; nil where it was.
    public func alterScramCredentials(
        _ changes: [ScramCredentialChange]
    ) async throws(KafkaError) -> [KafkaError?] {
        var errors = [KafkaError?](repeating: nil, count: changes.count)
        var rest = Array(changes.indices)
        while !rest.isEmpty {
            var users: Set<String> = []
            let round = rest.filter { users.insert(changes[$0].user).inserted }
            rest.removeAll { round.contains($0) }
            let results = try await alterScramCredentials(ofEachUserOnce: round.map { changes[$0] })
            for index in round {
                let user = changes[index].user
                errors[index] = results[user] ?? .noAnswer("change credentials of \(user)")
            }
        }
        return errors
    }

    private func alterScramCredentials(
        ofEachUserOnce changes: [ScramCredentialChange]
    ) async throws(KafkaError) -> [String: KafkaError?] {
        var request = AlterUserScramCredentialsRequest()
        for change in changes {
            // The broker refuses what is none of SCRAM's.
            let mechanism = change.mechanism.scramNumber ?? 0
            if let password = change.password {
                var upsertion = AlterUserScramCredentialsRequest.ScramCredentialUpsertion()
                upsertion.name = change.user
                upsertion.mechanism = mechanism
                upsertion.iterations = Int32(clamping: password.iterations)
                upsertion.salt = ByteBuffer(bytes: password.salt)
                upsertion.saltedPassword = ByteBuffer(bytes: password.bytes)
                request.upsertions.append(upsertion)
            } else {
                var deletion = AlterUserScramCredentialsRequest.ScramCredentialDeletion()
                deletion.name = change.user
                deletion.mechanism = mechanism
                request.deletions.append(deletion)
            }
        }
        let response = try await sendToController(request) { response in
            response.results.contains { $0.errorCode == .notController }
        }
        var results: [String: KafkaError?] = [:]
        for result in response.results {
            results[result.user] = .some(
                result.errorCode == .none
                    ? nil
                    : KafkaError(
                        result.errorCode, "change credentials of \(result.user)",
                        detail: result.errorMessage))
        }
        return results
    }
}
