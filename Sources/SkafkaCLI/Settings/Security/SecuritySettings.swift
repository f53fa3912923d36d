internal import KafkaBase
internal import KafkaSecurity
internal import KafkaTransport

/// What the settings say about TLS and authentication, as they are applied one after the other;
/// `clientSecurity` makes of it what the client takes.
struct SecuritySettings: Sendable {
    var securityProtocol = SecurityProtocol.plaintext
    var tls = TLSOptions()
    var mechanism: SaslMechanism?
    /// What a login module says without naming a mechanism.
    var module: JaasConfig.Module?
    var username: String?
    var password: SecretSource?
    var token: SecretSource?
    var extensions: [OAuthBearerClient.Extension] = []
    var unsecuredToken = UnsecuredToken()
    var makesUnsecuredToken = false

    /// - Throws: `CommandFailure` of status `usage` for what is missing.
    func clientSecurity() throws(CommandFailure) -> ClientSecurity {
        // Nothing of the TLS library is touched without TLS.
        ClientSecurity(
            tls: securityProtocol.usesTLS ? TLSClientContext(tls) : nil,
            sasl: securityProtocol.usesSasl ? try sasl() : nil)
    }

    /// What was set without an effect, for a warning.
    var contradiction: String? {
        let isNamed = mechanism != nil || module != nil || username != nil || token != nil
        guard isNamed, !securityProtocol.usesSasl else { return nil }
        return "no authentication, as security.protocol is \(securityProtocol.rawValue); set it to "
            + (securityProtocol.usesTLS ? "SASL_SSL" : "SASL_SSL or SASL_PLAINTEXT")
    }

    private func sasl() throws(CommandFailure) -> SaslOptions {
        switch try namedMechanism() {
        case .plain:
            return .plain(username: try named(username), password: try named(password))
        case .scramSha256:
            return .scram(.sha256, username: try named(username), password: try named(password))
        case .scramSha512:
            return .scram(.sha512, username: try named(username), password: try named(password))
        case .oauthBearer: return .oauthBearer(token: try bearerToken(), extensions: extensions)
        }
    }

    private func namedMechanism() throws(CommandFailure) -> SaslMechanism {
        if let mechanism { return mechanism }
        switch module {
        case .plain?: return .plain
        case .oauthBearer?: return .oauthBearer
        case .scram?, nil:
            throw .usage(
                "security.protocol=\(securityProtocol.rawValue) needs sasl.mechanism: "
                    + SaslMechanism.allCases.map(\.rawValue).joined(separator: ", "))
        }
    }

    private func bearerToken() throws(CommandFailure) -> SecretSource {
        if let token { return token }
        guard makesUnsecuredToken else {
            throw .usage(
                "OAUTHBEARER needs a token: sasl.oauthbearer.token.file or "
                    + "sasl.oauthbearer.token.command")
        }
        let token = unsecuredToken
        return SecretSource { token.make(nowSeconds: KafkaClock.system.nowMs / 1000) }
    }

    private func named(_ username: String?) throws(CommandFailure) -> String {
        guard let username, !username.isEmpty else {
            throw .usage("authentication needs sasl.username (or sasl.jaas.config)")
        }
        return username
    }

    private func named(_ password: SecretSource?) throws(CommandFailure) -> SecretSource {
        guard let password else {
            throw .usage(
                "authentication needs a password: sasl.password.file, sasl.password.command or "
                    + "sasl.password")
        }
        return password
    }
}
