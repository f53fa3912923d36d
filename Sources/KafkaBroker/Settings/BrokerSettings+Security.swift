public import KafkaSecurity

/// TLS and authentication. Each of these can be given for one listener, behind
/// `listener.name.NAME.`; what concerns a SASL mechanism, for one mechanism, behind its name.
extension BrokerSettings {
    static let securityDefinitions: [SettingDefinition] = listenerSecurity + tls + sasl

    private static let listenerSecurity: [SettingDefinition] = [
        .init(
            "listener.security.protocol.map", .string,
            SecurityProtocol.allCases.map { "\($0):\($0)" }.joined(separator: ","), .none,
            "Protocol of each listener, by its name: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
    ]

    private static let tls: [SettingDefinition] = [
        .init(
            "ssl.keystore.location", .string, nil, .none,
            "File with the broker's certificate and key, in PEM or PKCS#12; for SSL and SASL_SSL."),
        .init(
            "ssl.keystore.type", .string, "JKS", .none,
            "PEM or PKCS12; the file's contents decide (JKS, Kafka's default, cannot be read)."),
        .init(
            "ssl.keystore.password", .password, nil, .none, "Password of a PKCS#12 keystore."),
        .init(
            "ssl.key.password", .password, nil, .none, "Password of an encrypted key in PEM."),
        .init(
            "ssl.keystore.certificate.chain", .password, nil, .none,
            "The broker's certificate as PEM text, with those that link it to its authority."),
        .init("ssl.keystore.key", .password, nil, .none, "The broker's key as PEM text."),
        .init(
            "ssl.truststore.location", .string, nil, .none,
            "File with the authorities of clients' certificates; the system's when not set."),
        .init(
            "ssl.truststore.type", .string, "JKS", .none,
            "PEM or PKCS12; the file's contents decide (JKS, Kafka's default, cannot be read)."),
        .init(
            "ssl.truststore.password", .password, nil, .none, "Password of a PKCS#12 truststore."),
        .init(
            "ssl.truststore.certificates", .password, nil, .none,
            "The authorities of clients' certificates as PEM text."),
        .init(
            "ssl.client.auth", .string, "none", .oneOf(["none", "requested", "required"]),
            "Whether clients show a certificate; for SASL_SSL only behind listener.name.NAME."),
        .init(
            "ssl.enabled.protocols", .list, "TLSv1.2,TLSv1.3", .none,
            "TLS versions that are spoken."),
        .init(
            "ssl.cipher.suites", .list, "", .none,
            "Cipher suites of TLS 1.2; a secure choice when empty."),
    ]

    private static let sasl: [SettingDefinition] = [
        .init(
            "sasl.enabled.mechanisms", .list, "SCRAM-SHA-256,SCRAM-SHA-512",
            .oneOf(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]),
            "SASL mechanisms that are offered; PLAIN as well where it has users and nothing is set "
                + "(Kafka: GSSAPI)."),
        .init(
            "sasl.jaas.config", .password, nil, .none,
            "Users of PLAIN, behind listener.name.NAME.plain.: a PlainLoginModule with "
                + "user_NAME=\"PASSWORD\"."),
        .init(
            "sasl.server.max.receive.size", .int, "524288", .atLeast(1),
            "Largest request of a client that has not authenticated yet, in bytes."),
        .init(
            "connections.max.reauth.ms", .long, "0", .none,
            "Time after which a client must have authenticated again, in ms; 0 for never."),
        .init(
            "connection.failed.authentication.delay.ms", .int, "100", .range(0...60_000),
            "Time by which the answer to a failed authentication is kept back, in ms."),
    ]

    // MARK: Names with a listener's or a mechanism's in front

    private static let mechanismPrefixes = SaslMechanism.allCases.map {
        $0.rawValue.lowercased() + "."
    }

    /// The setting that a name with prefixes stands for; nil for a name without, and for what
    /// cannot be set so.
    static func listenerSetting(_ name: String) -> Substring? {
        var rest = name[...]
        let prefix = "listener.name."
        if rest.hasPrefix(prefix), let dot = rest.dropFirst(prefix.count).firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
        }
        if let prefix = mechanismPrefixes.first(where: rest.hasPrefix) {
            rest = rest.dropFirst(prefix.count)
        }
        let isOfListener =
            rest.hasPrefix("ssl.") || rest.hasPrefix("sasl.")
            || rest == "connections.max.reauth.ms"
        return rest.count < name.count && isOfListener ? rest : nil
    }

    /// What is set for a listener: for it alone, else for all.
    func value(of name: String, listener: String) -> String? {
        ownValue(of: name, listener: listener) ?? value(of: name)
    }

    /// What is set for a listener alone.
    func ownValue(of name: String, listener: String) -> String? {
        overrides["listener.name.\(listener.lowercased()).\(name)"]
    }

    /// What is set for one mechanism of a listener, the most special first.
    func value(of name: String, listener: String, mechanism: SaslMechanism) -> String? {
        let special = "\(mechanism.rawValue.lowercased()).\(name)"
        return ownValue(of: special, listener: listener) ?? overrides[special]
            ?? value(of: name, listener: listener)
    }

    /// The protocol of a listener, by its name.
    ///
    /// - Throws: `SettingError` for a map that cannot be read.
    public func securityProtocol(ofListener name: String) throws(SettingError) -> SecurityProtocol?
    {
        let setting = "listener.security.protocol.map"
        let map = value(of: setting) ?? ""
        for entry in SettingDefinition.elements(of: map) {
            let parts = entry.split(separator: ":").map { String($0).trimmingBlanks() }
            guard parts.count == 2, let found = SecurityProtocol(rawValue: parts[1].uppercased())
            else {
                throw .invalidValue(
                    name: setting, value: entry,
                    reason: "NAME:PROTOCOL is expected, with one of "
                        + SecurityProtocol.allCases.map(\.rawValue).joined(separator: ", "))
            }
            if parts[0].uppercased() == name.uppercased() { return found }
        }
        return nil
    }
}
