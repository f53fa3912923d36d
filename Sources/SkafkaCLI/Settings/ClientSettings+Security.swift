internal import KafkaSecurity
internal import KafkaTransport

/// TLS and authentication, in Java's and in librdkafka's names.
extension ClientSettings {
    static let security: [Definition] = tlsTrust + tlsIdentity + sasl + oauthBearer

    private static let tlsTrust: [Definition] = [
        Definition(
            names: ["security.protocol"],
            expects: "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL is expected"
        ) { settings, value in
            guard let found = SecurityProtocol(rawValue: value.uppercased()) else { return false }
            settings.security.securityProtocol = found
            return true
        },
        Definition(
            names: ["ssl.ca.location", "ssl.truststore.location"],
            expects: "a file with certificates is expected"
        ) { settings, value in
            // librdkafka's word for the system's.
            settings.security.tls.trusted = value == "probe" ? nil : .file(nonEmpty: value)
            return true
        },
        .pem(["ssl.ca.pem", "ssl.truststore.certificates"], \.security.tls.trusted),
        .secret("ssl.truststore.password", \.security.tls.trustedPassword),
        .storeType("ssl.truststore.type"),
        Definition(
            names: ["ssl.endpoint.identification.algorithm"],
            expects: "https is expected, or nothing to leave the name unchecked"
        ) { settings, value in
            let name = value.lowercased()
            settings.security.tls.verifiesHostName = name == "https"
            return ["https", "none", ""].contains(name)
        },
        Definition(
            names: ["enable.ssl.certificate.verification"], expects: "true or false is expected"
        ) { settings, value in
            guard let isOn = Bool(value.lowercased()) else { return false }
            settings.security.tls.verifiesCertificate = isOn
            return true
        },
        Definition(
            names: ["ssl.enabled.protocols"], expects: "TLSv1.2, TLSv1.3 or both are expected"
        ) { settings, value in
            let names = value.split(separator: ",").map { $0.filter { $0 != " " } }
            guard let versions = TLSOptions.versions(named: names) else { return false }
            settings.security.tls.versions = versions
            return true
        },
        Definition(
            names: ["ssl.cipher.suites"], expects: "names with commas between them are expected"
        ) { settings, value in
            settings.security.tls.cipherSuites = value.split { ",: ".contains($0) }.map(String.init)
            return true
        },
    ]

    private static let tlsIdentity: [Definition] = [
        .file(["ssl.certificate.location", "ssl.keystore.location"], \.security.tls.certificate),
        .pem(
            ["ssl.certificate.pem", "ssl.keystore.certificate.chain"], \.security.tls.certificate),
        .file(["ssl.key.location"], \.security.tls.key),
        .pem(["ssl.key.pem", "ssl.keystore.key"], isSecret: true, \.security.tls.key),
        .secret("ssl.keystore.password", \.security.tls.certificatePassword),
        .storeType("ssl.keystore.type"),
        .secret("ssl.key.password", \.security.tls.keyPassword),
        .secretFile("ssl.key.password.file", \.security.tls.keyPassword),
        .secretCommand("ssl.key.password.command", \.security.tls.keyPassword),
    ]

    private static let sasl: [Definition] = [
        Definition(
            names: ["sasl.mechanism", "sasl.mechanisms"],
            expects: "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER is expected"
        ) { settings, value in
            guard let mechanism = SaslMechanism(rawValue: value.uppercased()) else { return false }
            settings.security.mechanism = mechanism
            return true
        },
        Definition(names: ["sasl.username"], expects: "a name is expected") { settings, value in
            settings.security.username = value
            return true
        },
        .secret("sasl.password", \.security.password),
        .secretFile("sasl.password.file", \.security.password),
        .secretCommand("sasl.password.command", \.security.password),
        Definition(
            names: ["sasl.jaas.config"],
            expects: "PlainLoginModule, ScramLoginModule or OAuthBearerLoginModule is expected, as "
                + "in: org.apache.kafka.common.security.plain.PlainLoginModule required "
                + "username=\"…\" password=\"…\";",
            isSecret: true
        ) { settings, value in
            guard let config = JaasConfig(value) else { return false }
            return settings.security.apply(config)
        },
    ]

    private static let oauthBearer: [Definition] = [
        .secretFile("sasl.oauthbearer.token.file", \.security.token),
        .secretCommand("sasl.oauthbearer.token.command", \.security.token),
        // KIP-768 lets Java's client take a token from a file in this way.
        Definition(
            names: ["sasl.oauthbearer.token.endpoint.url"],
            expects: "only file:///PATH is taken; fetch a token from elsewhere with "
                + "sasl.oauthbearer.token.command"
        ) { settings, value in
            guard value.hasPrefix("file:///") else { return false }
            let path = String(value.dropFirst("file://".count))
            settings.security.token = .file(path, "sasl.oauthbearer.token.endpoint.url")
            return true
        },
        Definition(
            names: ["sasl.oauthbearer.extensions"], expects: "NAME=VALUE,… is expected"
        ) { settings, value in
            guard let pairs = pairs(value, separator: ",") else { return false }
            settings.security.extensions = pairs.map { .init(name: $0.name, value: $0.value) }
            return true
        },
        Definition(
            names: ["enable.sasl.oauthbearer.unsecure.jwt"], expects: "true or false is expected"
        ) { settings, value in
            guard let isOn = Bool(value.lowercased()) else { return false }
            settings.security.makesUnsecuredToken = isOn
            return true
        },
        Definition(
            names: ["sasl.oauthbearer.config"],
            expects: "principal=… is expected, and scope=, lifeSeconds=, principalClaimName=, "
                + "scopeClaimName= or extension_NAME= if wanted"
        ) { settings, value in
            guard let pairs = pairs(value, separator: " ") else { return false }
            return pairs.allSatisfy { settings.security.applyUnsecured($0.name, $0.value) }
        },
    ]

    private static func pairs(
        _ text: String, separator: Character
    ) -> [(name: String, value: String)]? {
        var result: [(name: String, value: String)] = []
        for part in text.split(separator: separator) {
            guard let equals = part.firstIndex(of: "="), equals != part.startIndex else {
                return nil
            }
            result.append((String(part[..<equals]), String(part[part.index(after: equals)...])))
        }
        return result
    }
}

extension SecuritySettings {
    /// Takes what a login module says.
    ///
    /// - Returns: whether it can be used.
    fileprivate mutating func apply(_ config: JaasConfig) -> Bool {
        module = config.module
        switch config.module {
        case .plain, .scram:
            // A delegation token is no password, and needs an extension of the exchange.
            guard config.options["tokenauth"]?.lowercased() != "true" else { return false }
            username = config.options["username"]
            password = config.options["password"].map { SecretSource(Secret($0)) }
        case .oauthBearer:
            for (name, value) in config.options.sorted(by: { $0.key < $1.key }) {
                if name == "unsecuredLoginStringClaim_sub" {
                    unsecuredToken.principal = value
                    makesUnsecuredToken = true
                } else if name.hasPrefix("extension_") {
                    _ = applyUnsecured(name, value)
                }
            }
        }
        return true
    }

    /// One part of librdkafka's description of an unsecured token.
    fileprivate mutating func applyUnsecured(_ name: String, _ value: String) -> Bool {
        switch name {
        case "principal": unsecuredToken.principal = value
        case "principalClaimName": unsecuredToken.principalClaim = value
        case "scope": unsecuredToken.scopes = value.split(separator: ",").map(String.init)
        case "scopeClaimName": unsecuredToken.scopeClaim = value
        case "lifeSeconds":
            guard let seconds = Int64(value), (1...31_536_000).contains(seconds) else {
                return false
            }
            unsecuredToken.lifeSeconds = seconds
        case let name where name.hasPrefix("extension_"):
            let name = String(name.dropFirst("extension_".count))
            extensions.removeAll { $0.name == name }
            extensions.append(.init(name: name, value: value))
        default: return false
        }
        return true
    }
}

extension ClientSettings.Definition {
    fileprivate static func file(
        _ names: [String],
        _ path: any WritableKeyPath<ClientSettings, TLSOptions.Material?>
            & Sendable
    ) -> Self {
        Self(names: names, expects: "a file is expected") { settings, value in
            settings[keyPath: path] = .file(nonEmpty: value)
            return true
        }
    }

    fileprivate static func pem(
        _ names: [String], isSecret: Bool = false,
        _ path: any WritableKeyPath<ClientSettings, TLSOptions.Material?> & Sendable
    ) -> Self {
        Self(
            names: names, expects: "PEM text is expected: -----BEGIN …", isSecret: isSecret
        ) { settings, value in
            settings[keyPath: path] = .text(Secret(value))
            return value.contains("-----BEGIN ")
        }
    }

    /// What a keystore or truststore is shows in its first bytes.
    fileprivate static func storeType(_ name: String) -> Self {
        Self(names: [name], expects: "PEM, PKCS12 or JKS is expected") { _, value in
            ["PEM", "PKCS12", "JKS"].contains(value.uppercased())
        }
    }

    fileprivate static func secret(
        _ name: String, _ path: any WritableKeyPath<ClientSettings, SecretSource?> & Sendable
    ) -> Self {
        Self(names: [name], expects: "a password is expected", isSecret: true) { settings, value in
            settings[keyPath: path] = SecretSource(Secret(value))
            return true
        }
    }

    fileprivate static func secretFile(
        _ name: String, _ path: any WritableKeyPath<ClientSettings, SecretSource?> & Sendable
    ) -> Self {
        Self(names: [name], expects: "a file is expected") { settings, value in
            settings[keyPath: path] = .file(value, name)
            return !value.isEmpty
        }
    }

    fileprivate static func secretCommand(
        _ name: String, _ path: any WritableKeyPath<ClientSettings, SecretSource?> & Sendable
    ) -> Self {
        // It may hold a secret itself.
        Self(names: [name], expects: "a command is expected", isSecret: true) { settings, value in
            settings[keyPath: path] = SecretSource { () throws(SecretError) in
                try SecretCommand(command: value, setting: name).run()
            }
            return !value.isEmpty
        }
    }
}

extension SecretSource {
    /// Read when it is needed, so that one that was renewed is taken.
    fileprivate static func file(_ path: String, _ setting: String) -> SecretSource {
        SecretSource { () throws(SecretError) in try SecretText.read(path, for: setting) }
    }
}

extension TLSOptions.Material? {
    fileprivate static func file(nonEmpty path: String) -> Self {
        path.isEmpty ? nil : .some(.file(path))
    }
}
