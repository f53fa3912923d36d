internal import ArgumentParser
internal import KafkaClient
internal import KafkaSecurity

/// Passwords of one user for some mechanisms, as `create` and `alter` set them.
struct CredentialChange {
    let user: String
    let mechanisms: [SaslMechanism]
    let iterations: (SaslMechanism) -> Int

    /// Sets them, or only says that it would.
    ///
    /// - Parameters:
    ///   - verb: `create`, with a `d` behind when it is done.
    ///   - password: asked for only when it is needed.
    func carryOut(
        _ verb: String, isDryRun: Bool, _ client: KafkaClient,
        password: () throws -> Secret
    ) async throws -> Outcomes {
        var errors = [KafkaError?](repeating: nil, count: mechanisms.count)
        if !isDryRun {
            let password = try password()
            errors = try await client.alterScramCredentials(
                mechanisms.compactMap { mechanism in
                    mechanism.scramHash.map { hash in
                        ScramCredentialChange(
                            user: user, mechanism,
                            password: SaltedPassword(
                                hash, password: password, iterations: iterations(mechanism)))
                    }
                })
        }
        let done = isDryRun ? "would \(verb)" : verb.hasSuffix("e") ? "\(verb)d" : "\(verb)ed"
        return Outcomes(
            items: zip(mechanisms, errors).map { mechanism, error in
                var item = Outcomes.Item(
                    user: user, mechanism,
                    sentence: "\(done) \(mechanism) credential of user \(user)",
                    error: error)
                item.details = [("iterations", .int(iterations(mechanism)))]
                return item
            })
    }
}

extension Outcomes.Item {
    /// What became of a credential.
    init(
        user: String, _ mechanism: SaslMechanism?, sentence: String, error: KafkaError? = nil,
        unchanged: String? = nil
    ) {
        self.init(
            key: [
                ("USER", "user", .text(user)),
                ("MECHANISM", "mechanism", .optional(mechanism?.rawValue)),
            ],
            sentence: sentence, error: error, unchanged: unchanged)
    }
}
