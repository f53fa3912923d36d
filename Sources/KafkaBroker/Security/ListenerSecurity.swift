import KafkaSecurity
import KafkaTransport

/// What is under the requests of one listener, as the settings say.
struct ListenerSecurity: Sendable {
    /// Nil for a listener in the clear.
    let tls: TLSServerContext?
    /// Nil where nobody has to authenticate.
    let sasl: SaslListener?

    /// Of all listeners. Blocks: reads certificates and keys.
    ///
    /// - Throws: `BrokerError` that says what to set.
    static func all(
        _ listeners: [BrokerListener], _ settings: BrokerSettings
    ) throws(BrokerError) -> [ListenerSecurity] {
        var all: [ListenerSecurity] = []
        for listener in listeners {
            all.append(try ListenerSecuritySettings(listener, settings).security())
        }
        return all
    }
}

/// The settings as one listener sees them.
private struct ListenerSecuritySettings {
    let listener: BrokerListener
    let settings: BrokerSettings

    init(_ listener: BrokerListener, _ settings: BrokerSettings) {
        self.listener = listener
        self.settings = settings
    }

    func security() throws(BrokerError) -> ListenerSecurity {
        let `protocol` = listener.securityProtocol
        return ListenerSecurity(
            tls: `protocol`.usesTLS ? try tls() : nil,
            sasl: `protocol`.usesSasl ? try sasl() : nil)
    }

    private func value(_ name: String) -> String? {
        settings.value(of: name, listener: listener.name).flatMap { $0.isEmpty ? nil : $0 }
    }

    private func secret(_ name: String) -> Secret? { value(name).map { Secret($0) } }

    private func source(_ name: String) -> SecretSource? { secret(name).map { SecretSource($0) } }

    // MARK: TLS

    private func tls() throws(BrokerError) -> TLSServerContext {
        let options = try tlsOptions()
        guard options.certificate != nil else {
            throw .invalidOption(
                reason:
                    "\(listener) needs a certificate with its key: set ssl.keystore.location to "
                    + "a file in PEM or PKCS#12")
        }
        do {
            return try TLSServerContext(options, clientAuthentication: clientAuthentication)
        } catch let error as SecretError {
            throw .security(reason: "\(listener): \(error.reason)")
        } catch {
            throw .security(reason: "\(listener): TLS cannot be set up: \(error)")
        }
    }

    private func tlsOptions() throws(BrokerError) -> TLSOptions {
        var options = TLSOptions()
        options.certificate =
            value("ssl.keystore.location").map { .file($0) }
            ?? secret("ssl.keystore.certificate.chain").map { .text($0) }
        options.certificatePassword = source("ssl.keystore.password")
        options.key = secret("ssl.keystore.key").map { .text($0) }
        options.keyPassword = source("ssl.key.password")
        options.trusted =
            value("ssl.truststore.location").map { .file($0) }
            ?? secret("ssl.truststore.certificates").map { .text($0) }
        options.trustedPassword = source("ssl.truststore.password")
        options.cipherSuites = SettingDefinition.elements(of: value("ssl.cipher.suites") ?? "")
        let names = SettingDefinition.elements(of: value("ssl.enabled.protocols") ?? "")
        guard let versions = TLSOptions.versions(named: names) else {
            throw .invalidOption(
                reason: "\(listener): ssl.enabled.protocols takes TLSv1.2 and TLSv1.3")
        }
        options.versions = versions
        return options
    }

    /// Under SASL a certificate is asked for only where the listener itself says so, as in Kafka
    /// (KIP-684).
    private var clientAuthentication: TLSServerContext.ClientAuthentication {
        let name = "ssl.client.auth"
        let text =
            listener.securityProtocol.usesSasl
            ? settings.ownValue(of: name, listener: listener.name) : value(name)
        return text.flatMap { .init(rawValue: $0) } ?? .none
    }

    // MARK: SASL

    private func sasl() throws(BrokerError) -> SaslListener {
        let users = try plainUsers()
        let enabled = "sasl.enabled.mechanisms"
        var mechanisms = SettingDefinition.elements(of: value(enabled) ?? "")
            .compactMap { SaslMechanism(rawValue: $0) }
        let isChosen =
            settings.overrides[enabled] != nil
            || settings.ownValue(of: enabled, listener: listener.name) != nil
        if !isChosen, !users.isEmpty { mechanisms.append(.plain) }
        guard !mechanisms.isEmpty else {
            throw .invalidOption(reason: "\(listener): \(enabled) names no mechanism")
        }
        guard !mechanisms.contains(.plain) || !users.isEmpty else {
            let prefix = "listener.name.\(listener.name.lowercased()).plain."
            throw .invalidOption(
                reason: "\(listener): PLAIN has no users; set \(prefix)sasl.jaas.config="
                    + "org.apache.kafka.common.security.plain.PlainLoginModule required "
                    + "user_NAME=\"PASSWORD\";")
        }
        let maxSessionMs = mechanisms.compactMap { mechanism -> (SaslMechanism, Int64)? in
            let text = settings.value(
                of: "connections.max.reauth.ms", listener: listener.name, mechanism: mechanism)
            return text.flatMap { Int64($0) }.flatMap { $0 > 0 ? (mechanism, $0) : nil }
        }
        return SaslListener(
            mechanisms: mechanisms,
            maxSessionMs: Dictionary(maxSessionMs, uniquingKeysWith: { $1 }), plainUsers: users,
            maxReceiveBytes: value("sasl.server.max.receive.size").flatMap { Int($0) } ?? 0,
            failureDelayMs: settings.value(of: "connection.failed.authentication.delay.ms")
                .flatMap { Int64($0) } ?? 0)
    }

    private func plainUsers() throws(BrokerError) -> PlainServer.Users {
        let text = settings.value(
            of: "sasl.jaas.config", listener: listener.name, mechanism: .plain)
        guard let text else { return PlainServer.Users([:]) }
        guard let config = JaasConfig(text), config.module == .plain else {
            throw .invalidOption(
                reason: "\(listener): the sasl.jaas.config of PLAIN cannot be read; write "
                    + "org.apache.kafka.common.security.plain.PlainLoginModule required "
                    + "user_NAME=\"PASSWORD\";")
        }
        return PlainServer.Users(config)
    }
}
