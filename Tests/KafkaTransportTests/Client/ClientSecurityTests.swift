import KafkaSecurity
import KafkaWire
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import KafkaTransport

/// Secured connections over the loopback.
@Suite struct ClientSecurityTests {
    private func tls(_ trusted: TLSOptions.Material? = nil) -> TLSClientContext {
        var options = TLSOptions()
        options.trusted = trusted ?? .text(Secret(TestPapers.authority))
        return TLSClientContext(options)
    }

    private func scram(
        _ password: Secret = SecureListener.password, fetched: NIOLockedValueBox<Int>? = nil
    ) -> SaslOptions {
        .scram(
            .sha256, username: SecureListener.username,
            password: SecretSource {
                fetched?.withLockedValue { $0 += 1 }
                return password
            })
    }

    private func connect(
        _ listener: SecureListener, tls: TLSClientContext? = nil, sasl: SaslOptions? = nil
    ) async throws(ConnectionError) -> ClientConnection {
        try await ClientConnection.connect(
            to: listener.address, group: MultiThreadedEventLoopGroup.singleton,
            options: ClientConnectionOptions(
                connectTimeoutMs: 20_000, security: ClientSecurity(tls: tls, sasl: sasl)))
    }

    private func reason(
        _ listener: SecureListener, tls: TLSClientContext? = nil, sasl: SaslOptions? = nil
    ) async -> ConnectionError? {
        do {
            _ = try await connect(listener, tls: tls, sasl: sasl)
            return nil
        } catch {
            return error
        }
    }

    @Test func tlsAndScramComeBeforeTheFirstRequest() async throws {
        let listener = try await SecureListener(tls: SecureListener.tlsContext())
        let connection = try await connect(listener, tls: tls(), sasl: scram())
        _ = try await connection.send(MetadataRequest(), timeoutMs: 20_000).get()
        let record = listener.record.withLockedValue { $0 }
        #expect(record.authentications == 1 && record.intruders == 0)
        connection.close()
        try await connection.closeFuture.get()
        try await listener.channel.close()
    }

    @Test func sessionsAreRenewedBetweenRequests() async throws {
        let listener = try await SecureListener(tls: nil, lifetimeMs: 100)
        let fetched = NIOLockedValueBox(0)
        let connection = try await connect(listener, sasl: scram(fetched: fetched))
        // As many as it takes to go through three renewals, several at once all the time.
        while listener.record.withLockedValue({ $0.authentications }) < 4 {
            let answers = (0..<5).map { _ in
                connection.send(MetadataRequest(), timeoutMs: 20_000)
            }
            for answer in answers { _ = try await answer.get() }
        }
        let record = listener.record.withLockedValue { $0 }
        #expect(record.connections == 1 && record.intruders == 0)
        #expect(fetched.withLockedValue { $0 } >= 4, "the secret is fetched anew")
        connection.close()
        try await listener.channel.close()
    }

    @Test func aWrongPasswordIsTold() async throws {
        let listener = try await SecureListener(tls: nil)
        let error = await reason(listener, sasl: scram(Secret("hunter2")))
        #expect(
            error
                == .authenticationFailed(
                    listener.address, mechanism: "SCRAM-SHA-256", reason: "invalid credentials"))
        let missing = SaslOptions.plain(
            username: "u",
            password: SecretSource { () throws(SecretError) in
                throw SecretError(.unusable, "no such file")
            })
        // Not offered, but this listener lets every handshake pass.
        #expect(await reason(listener, sasl: missing) == .invalidSecurity(reason: "no such file"))
        try await listener.channel.close()
    }

    @Test func eachSideWithoutTLSIsRecognized() async throws {
        let secure = try await SecureListener(tls: SecureListener.tlsContext())
        let plain = try await SecureListener(tls: nil)
        #expect(
            await reason(secure)
                == .tlsFailed(secure.address, reason: TLSFailure.speaksTLS))
        #expect(
            await reason(plain, tls: tls())
                == .tlsFailed(plain.address, reason: TLSFailure.speaksNoTLS))
        try await secure.channel.close()
        try await plain.channel.close()
    }

    @Test func strangersAndOtherNamesAreNotTrusted() async throws {
        let listener = try await SecureListener(tls: SecureListener.tlsContext())
        let stranger = await reason(listener, tls: TLSClientContext(TLSOptions()))
        guard case .tlsFailed(_, let text)? = stranger else {
            Issue.record("\(String(describing: stranger))")
            return
        }
        #expect(text.contains("not trusted") && text.contains("the system's CAs"))
        // The certificate is for the name, not for the address.
        let byAddress = ClientConnectionOptions(security: ClientSecurity(tls: tls()))
        await #expect {
            _ = try await ClientConnection.connect(
                to: .tcp(host: "127.0.0.1", port: listener.channel.localAddress?.port ?? 0),
                group: MultiThreadedEventLoopGroup.singleton, options: byAddress)
        } throws: { "\($0)".contains("another name") }
        try await listener.channel.close()
    }

    @Test func whatCannotBeReadIsNoMatterOfTheBroker() async throws {
        let listener = try await SecureListener(tls: SecureListener.tlsContext())
        for (material, expected) in [
            (TLSOptions.Material.file("/nowhere/ca.pem"), "cannot read /nowhere/ca.pem"),
            (.text(Secret("x")), "no certificate in PEM text"),
        ] {
            let error = await reason(listener, tls: tls(material))
            guard case .invalidSecurity(let text)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(text.contains(expected))
        }
        #expect(listener.record.withLockedValue { $0.connections } == 0)
        try await listener.channel.close()
    }
}
