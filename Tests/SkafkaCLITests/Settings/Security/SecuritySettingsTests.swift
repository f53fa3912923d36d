import KafkaSecurity
import KafkaTransport
import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct SecuritySettingsTests {
    private func settings(_ arguments: [String]) throws -> ClientSettings {
        var settings = ClientSettings()
        for argument in arguments { try settings.apply(argument: argument) }
        return settings
    }

    private func security(_ arguments: String...) throws -> ClientSecurity {
        try settings(arguments).security.clientSecurity()
    }

    @Test func withoutAWordThereIsNone() throws {
        let security = try security()
        #expect(security.tls == nil && security.sasl == nil)
        // What is set for TLS has no effect without it.
        #expect(try self.security("ssl.ca.location=/nowhere").tls == nil)
    }

    @Test(arguments: [
        ("plaintext", false, false), ("SSL", true, false), ("sasl_plaintext", false, true),
        ("SASL_SSL", true, true),
    ])
    func protocolSaysWhatIsUsed(name: String, tls: Bool, sasl: Bool) throws {
        let security = try security(
            "security.protocol=\(name)", "sasl.mechanism=plain", "sasl.username=u",
            "sasl.password=p")
        #expect((security.tls != nil) == tls)
        #expect((security.sasl != nil) == sasl)
    }

    @Test func takesJavasAndLibrdkafkasNamesForTLS() throws {
        for names in [
            ["ssl.ca.location=ca", "ssl.certificate.location=c", "ssl.key.location=k"],
            ["ssl.truststore.location=ca", "ssl.keystore.location=c", "ssl.key.location=k"],
        ] {
            let tls = try settings(names).security.tls
            #expect(tls.trusted == .file("ca"))
            #expect(tls.certificate == .file("c"))
            #expect(tls.key == .file("k"))
        }
        let pem = "-----BEGIN X-----"
        for names in [
            ["ssl.ca.pem", "ssl.certificate.pem", "ssl.key.pem"],
            ["ssl.truststore.certificates", "ssl.keystore.certificate.chain", "ssl.keystore.key"],
        ] {
            let tls = try settings(names.map { "\($0)=\(pem)" }).security.tls
            for material in [tls.trusted, tls.certificate, tls.key] {
                #expect(material == .text(Secret(pem)))
            }
        }
        let tls = try settings([
            "ssl.ca.location=x", "ssl.ca.location=probe", "ssl.enabled.protocols=TLSv1.1, TLSv1.2",
            "ssl.endpoint.identification.algorithm=", "enable.ssl.certificate.verification=FALSE",
            "ssl.cipher.suites=A,B", "ssl.keystore.type=pkcs12", "ssl.truststore.type=JKS",
        ]).security.tls
        #expect(tls.trusted == nil && tls.versions == .tls12 ... .tls12)
        #expect(
            !tls.verifiesHostName && !tls.verifiesCertificate && tls.cipherSuites == ["A", "B"])
        #expect(try settings([]).security.tls.verifiesHostName)
    }

    @Test func loginModuleSetsNameAndPassword() throws {
        let module = { (name: String) in
            "sasl.jaas.config=a.\(name) required username=\"alice\" password=\"p\";"
        }
        let plain = try settings(["security.protocol=SASL_SSL", module("PlainLoginModule")])
        #expect(plain.security.username == "alice")
        #expect(try plain.security.password?.resolve() == Secret("p"))
        #expect(try plain.security.clientSecurity().sasl?.mechanism == .plain)
        // Which of the two SCRAMs the module does not say.
        #expect {
            _ = try security("security.protocol=SASL_SSL", module("ScramLoginModule"))
        } throws: { "\($0)".contains("sasl.mechanism") }
        let scram = try security(
            "security.protocol=SASL_SSL", "sasl.mechanism=SCRAM-SHA-512",
            module("ScramLoginModule"))
        #expect(scram.sasl?.mechanism == .scramSha512)
        // The later one wins, whatever its form.
        let later = try settings([module("PlainLoginModule"), "sasl.username=bob"])
        #expect(later.security.username == "bob")
    }

    @Test func tokenComesFromAFileOrACommandOrNowhere() throws {
        let directory = try TemporaryDirectory()
        try TestFile.write("tok\n", to: directory.path + "/token")
        for setting in [
            "sasl.oauthbearer.token.file=\(directory.path)/token",
            "sasl.oauthbearer.token.command=cat '\(directory.path)/token'",
            "sasl.oauthbearer.token.endpoint.url=file://\(directory.path)/token",
        ] {
            #expect(try settings([setting]).security.token?.resolve() == Secret("tok"))
        }
        let unsecured = try settings([
            "security.protocol=SASL_PLAINTEXT", "sasl.mechanisms=OAUTHBEARER",
            "enable.sasl.oauthbearer.unsecure.jwt=true",
            "sasl.oauthbearer.config=principal=admin scope=r1,r2 lifeSeconds=60 extension_a=b",
        ])
        #expect(unsecured.security.unsecuredToken.principal == "admin")
        #expect(unsecured.security.unsecuredToken.scopes == ["r1", "r2"])
        #expect(unsecured.security.unsecuredToken.lifeSeconds == 60)
        #expect(unsecured.security.extensions == [.init(name: "a", value: "b")])
        #expect(try unsecured.security.clientSecurity().sasl?.mechanism == .oauthBearer)
    }

    @Test(arguments: [
        (["security.protocol=SASL_SSL"], "sasl.mechanism"),
        (["security.protocol=SASL_SSL", "sasl.mechanism=PLAIN"], "sasl.username"),
        (
            ["security.protocol=SASL_SSL", "sasl.mechanism=PLAIN", "sasl.username=u"],
            "sasl.password.file"
        ),
        (["security.protocol=SASL_SSL", "sasl.mechanism=OAUTHBEARER"], "sasl.oauthbearer.token"),
    ])
    func saysWhatIsMissing(arguments: [String], expected: String) {
        #expect {
            _ = try settings(arguments).security.clientSecurity()
        } throws: { error in
            (error as? CommandFailure)?.status == .usage && "\(error)".contains(expected)
        }
    }

    @Test(arguments: [
        "security.protocol=TLS", "sasl.mechanism=GSSAPI", "ssl.enabled.protocols=TLSv1.1",
        "ssl.endpoint.identification.algorithm=ldaps", "ssl.keystore.type=BKS", "ssl.ca.pem=x",
        "enable.ssl.certificate.verification=yes", "sasl.password.file=",
        "sasl.oauthbearer.token.endpoint.url=https://idp/token", "sasl.oauthbearer.config=x",
        "sasl.oauthbearer.config=lifeSeconds=0", "sasl.oauthbearer.extensions=x",
        "sasl.jaas.config=x.ScramLoginModule required username=a password=b tokenauth=true;",
    ])
    func refusesAValue(argument: String) {
        #expect {
            _ = try settings([argument])
        } throws: { ($0 as? CommandFailure)?.status == .usage }
    }

    /// What is said about a setting holds nothing of a secret, however it was mistyped.
    @Test(arguments: [
        "sasl.jaas.config=x.PlainLoginModule required password=hunter2",
        "sasl.jaas.config=hunter2", "ssl.key.pem=hunter2", "sasl.passwrd=hunter2",
        "sasl.password hunter2", "sasl.password:hunter2", "=hunter2",
    ])
    func keepsSecretsToItself(argument: String) {
        #expect {
            _ = try settings([argument])
        } throws: { !"\($0)".contains("hunter2") }
    }

    @Test func secretsShowInNoDump() throws {
        let settings = try settings([
            "security.protocol=SASL_SSL", "sasl.mechanism=PLAIN", "sasl.username=alice",
            "sasl.password=hunter2", "ssl.key.password=hunter2", "ssl.key.pem=-----BEGIN hunter2",
            "sasl.password.command=echo hunter2",
        ])
        var dumped = ""
        dump(settings, to: &dumped)
        dump(try settings.security.clientSecurity(), to: &dumped)
        #expect(dumped.contains("alice") && !dumped.contains("hunter2"))
    }

    @Test func credentialsWithoutSaslAreToldOf() throws {
        let text = try settings(["sasl.mechanism=PLAIN"]).security.contradiction
        #expect(text?.contains("security.protocol") == true)
        #expect(try settings(["ssl.ca.location=x"]).security.contradiction == nil)
    }
}
