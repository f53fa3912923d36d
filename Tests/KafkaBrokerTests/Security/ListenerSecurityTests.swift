import KafkaSecurity
import KafkaTransport
import Testing

@testable import KafkaBroker

@Suite struct ListenerSecurityTests {
    private static let users =
        #"org.apache.kafka.common.security.plain.PlainLoginModule required user_a="b";"#

    private func sasl(
        _ settings: [String: String], name: String = "SASL_PLAINTEXT"
    ) throws -> SaslListener {
        let listener = BrokerListener(
            .tcp(host: "127.0.0.1", port: 0), .saslPlaintext, name: name)
        let found = try ListenerSecurity.all([listener], BrokerSettings(settings))
        #expect(found[0].tls == nil)
        return try #require(found[0].sasl)
    }

    @Test func `Nothing is under a listener in the clear`() throws {
        let found = try ListenerSecurity.all(
            [.tcp(host: "h", port: 1), .unix(path: "p")], BrokerSettings())
        #expect(found.count == 2 && found.allSatisfy { $0.tls == nil && $0.sasl == nil })
    }

    @Test func `SCRAM is offered, and PLAIN where it has users`() throws {
        #expect(try sasl([:]).mechanisms == [.scramSha256, .scramSha512])
        let both = try sasl(["listener.name.sasl_plaintext.plain.sasl.jaas.config": Self.users])
        #expect(both.mechanisms == [.scramSha256, .scramSha512, .plain])
        #expect(both.plainUsers == .init(["a": Secret("b")]))
        let one = try sasl([
            "sasl.enabled.mechanisms": "PLAIN", "plain.sasl.jaas.config": Self.users,
        ])
        #expect(one.mechanisms == [.plain])
        #expect(one.failureDelayMs == 100 && one.maxReceiveBytes == 524_288)
    }

    @Test func `A listener's own settings come first, then a mechanism's`() throws {
        let settings = [
            "connections.max.reauth.ms": "1", "scram-sha-512.connections.max.reauth.ms": "2",
            "listener.name.in.connections.max.reauth.ms": "3",
            "listener.name.in.scram-sha-256.connections.max.reauth.ms": "4",
            "listener.name.in.sasl.server.max.receive.size": "77",
        ]
        let own = try sasl(settings, name: "IN")
        #expect(own.maxSessionMs == [.scramSha256: 4, .scramSha512: 2])
        #expect(own.maxReceiveBytes == 77)
        let other = try sasl(settings, name: "OUT")
        #expect(other.maxSessionMs == [.scramSha256: 1, .scramSha512: 2])
        #expect(try sasl([:]).maxSessionMs.isEmpty)
    }

    @Test(arguments: [
        (["sasl.enabled.mechanisms": "PLAIN"], "user_NAME"),
        (["sasl.enabled.mechanisms": ""], "names no mechanism"),
        (["plain.sasl.jaas.config": "nonsense"], "cannot be read"),
    ])
    func `What is missing is said`(settings: [String: String], reason: String) {
        #expect {
            _ = try sasl(settings)
        } throws: { error in
            guard case BrokerError.invalidOption(let said) = error else { return false }
            return said.contains(reason) && said.contains("SASL_PLAINTEXT://")
        }
    }

    @Test func `TLS needs a certificate that can be read`() {
        let listener = BrokerListener(.tcp(host: "h", port: 1), .ssl)
        #expect {
            try ListenerSecurity.all([listener], BrokerSettings())
        } throws: { error in
            "\(error)".contains("set ssl.keystore.location")
        }
        #expect {
            try ListenerSecurity.all(
                [listener], BrokerSettings(["ssl.keystore.location": "/nowhere.pem"]))
        } throws: { error in
            guard case BrokerError.security(let said) = error else { return false }
            return said.contains("cannot read /nowhere.pem")
        }
    }

    @Test func `Names of listeners are looked up`() throws {
        let settings = try BrokerSettings([
            "listener.security.protocol.map": "INSIDE:PLAINTEXT, outside:sasl_ssl"
        ])
        #expect(try settings.securityProtocol(ofListener: "INSIDE") == .plaintext)
        #expect(try settings.securityProtocol(ofListener: "OUTSIDE") == .saslSSL)
        #expect(try settings.securityProtocol(ofListener: "SSL") == nil)
        #expect(try BrokerSettings().securityProtocol(ofListener: "SSL") == .ssl)
        let bad = try BrokerSettings(["listener.security.protocol.map": "A:B"])
        #expect(throws: SettingError.self) { try bad.securityProtocol(ofListener: "A") }
    }

    @Test(arguments: [
        "listener.name.x.log.retention.ms", "listener.name.x.ssl.keystore.locatio",
        "listener.name.ssl", "plain.num.partitions", "ssl.keystore.locatio",
    ])
    func `Other names with prefixes are no settings`(name: String) {
        #expect(throws: SettingError.self) { try BrokerSettings([name: "1"]) }
    }

    @Test func `Kafka's own files are taken`() throws {
        let settings = try BrokerSettings([
            "sasl.mechanism.inter.broker.protocol": "PLAIN", "ssl.protocol": "TLSv1.3",
            "listener.name.x.sasl.kerberos.service.name": "kafka", "ssl.client.auth": "required",
        ])
        #expect(settings.ignoredNames.count == 3)
    }
}
