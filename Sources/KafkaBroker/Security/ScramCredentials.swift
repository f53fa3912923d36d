import KafkaBase
import KafkaSecurity

/// The SCRAM credentials of all users, and how requests change them (Kafka's
/// `ScramControlManager`). Immutable but for its owner; a change makes a new one.
struct ScramCredentials: Sendable, Equatable {
    /// One change that a client asks for (KIP-554).
    struct Alteration: Sendable {
        var user: String
        /// As the request has it.
        var mechanism: Int8
        /// Nil takes the credential away.
        var password: SaltedPassword?
    }

    /// Kafka's bounds of what a client must compute to prove that it knows the password.
    static let iterationLimits = 4096...16_384
    /// Of names, salts and salted passwords, in bytes.
    private static let maxSizeBytes = 1024

    private(set) var users: [String: [SaslMechanism: ScramCredential]] = [:]

    var isEmpty: Bool { users.isEmpty }

    func credential(of user: String, _ mechanism: SaslMechanism) -> ScramCredential? {
        users[user]?[mechanism]
    }

    /// - Parameter credential: nil takes it away.
    mutating func set(
        _ credential: ScramCredential?, of user: String, _ mechanism: SaslMechanism
    ) {
        var credentials = users[user] ?? [:]
        credentials[mechanism] = credential
        users[user] = credentials.isEmpty ? nil : credentials
    }

    /// Makes the changes that can be made; a user named twice is not changed at all.
    ///
    /// - Returns: for each user, in the order in which they were named first, why not.
    mutating func apply(_ alterations: [Alteration]) -> [(user: String, error: ApiError?)] {
        var order: [String] = []
        var planned: [String: Alteration] = [:]
        var errors: [String: ApiError] = [:]
        for alteration in alterations {
            let user = alteration.user
            if errors[user] != nil { continue }
            if planned.removeValue(forKey: user) != nil {
                errors[user] = ApiError(
                    .duplicateResource,
                    "A user credential cannot be altered twice in the same request")
                continue
            }
            order.append(user)
            do throws(ApiError) {
                try check(alteration)
                planned[user] = alteration
            } catch {
                errors[user] = error
            }
        }
        for (user, alteration) in planned {
            guard let mechanism = SaslMechanism(scramNumber: alteration.mechanism),
                let hash = mechanism.scramHash
            else { continue }
            set(alteration.password.map { ScramCredential(hash, $0) }, of: user, mechanism)
        }
        return order.map { ($0, errors[$0]) }
    }

    private func check(_ alteration: Alteration) throws(ApiError) {
        guard !alteration.user.isEmpty else {
            throw ApiError(.unacceptableCredential, "Username must not be empty")
        }
        guard let mechanism = SaslMechanism(scramNumber: alteration.mechanism) else {
            throw ApiError(.unsupportedSaslMechanism, "Unknown SCRAM mechanism")
        }
        guard let password = alteration.password else {
            guard credential(of: alteration.user, mechanism) != nil else {
                throw ApiError(
                    .resourceNotFound, "Attempt to delete a user credential that does not exist")
            }
            return
        }
        guard password.iterations >= Self.iterationLimits.lowerBound else {
            throw ApiError(.unacceptableCredential, "Too few iterations")
        }
        guard password.iterations <= Self.iterationLimits.upperBound else {
            throw ApiError(.unacceptableCredential, "Too many iterations")
        }
        guard !password.salt.isEmpty, !password.bytes.isEmpty else {
            throw ApiError(
                .unacceptableCredential, "Salt and salted password must not be empty")
        }
        let sizes = [alteration.user.utf8.count, password.salt.count, password.bytes.count]
        guard sizes.allSatisfy({ $0 <= Self.maxSizeBytes }) else {
            throw ApiError(
                .unacceptableCredential,
                "Username, salt or salted password is longer than \(Self.maxSizeBytes) bytes")
        }
    }
}
