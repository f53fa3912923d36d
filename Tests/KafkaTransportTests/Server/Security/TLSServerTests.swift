import KafkaBase
import KafkaSecurity
import KafkaWire
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import KafkaTransport

/// Answers ApiVersions, and notes who asked.
private final class NotingService: RequestService {
    let principals = NIOLockedValueBox<[KafkaPrincipal]>([])

    func serve(_ frame: ByteBuffer, from scope: ConnectionScope, reply: ReplyHandle) {
        principals.withLockedValue { $0.append(scope.principal) }
        var writer = WireWriter(ByteBuffer(integer: Int32(0)))
        do {
            var reader = WireReader(frame)
            let header = try RequestHeader(from: &reader)
            var response = ApiVersionsResponse()
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = ApiKey.apiVersions.rawValue
            response.apiKeys = [entry]
            let version: Int16 = 0
            ResponseHeader(correlationId: header.correlationId).encode(
                to: &writer, version: ApiKey.apiVersions.responseHeaderVersion(for: version))
            // A version that is not known is answered in the first one.
            if header.apiVersion != version { response.errorCode = .unsupportedVersion }
            try response.encode(to: &writer, version: version)
            reply.complete(.message(writer))
        } catch {
            reply.complete(.close(reason: "\(error)"))
        }
    }
}

@Suite struct TLSServerTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    private static var papers: TLSOptions {
        var options = TLSOptions()
        options.certificate = .text(Secret(TestPapers.certificate))
        options.key = .text(Secret(TestPapers.key))
        options.trusted = .text(Secret(TestPapers.authority))
        return options
    }

    /// Starts a server, has a client with or without a certificate connect, and tells who it was.
    private func visit(
        _ authentication: TLSServerContext.ClientAuthentication, showsCertificate: Bool,
        isSecure: Bool = true
    ) async throws -> [KafkaPrincipal] {
        let service = NotingService()
        var options = Server.Options(addresses: [.tcp(host: "127.0.0.1", port: 0)])
        options.tls[0] = try TLSServerContext(
            Self.papers, clientAuthentication: authentication)
        let server = try await Server.start(
            options, group: Self.group,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in service }
        guard case .tcp(_, let port) = server.boundAddresses[0] else { return [] }
        var tls = Self.papers
        if !showsCertificate {
            tls.certificate = nil
            tls.key = nil
        }
        do {
            let connection = try await ClientConnection.connect(
                to: .tcp(host: "localhost", port: port), group: Self.group,
                options: ClientConnectionOptions(
                    connectTimeoutMs: 20_000,
                    security: ClientSecurity(tls: isSecure ? TLSClientContext(tls) : nil)))
            connection.close()
            await server.shutdown(graceMs: 5000)
        } catch {
            await server.shutdown(graceMs: 5000)
            throw error
        }
        return service.principals.withLockedValue { $0 }
    }

    @Test(arguments: TLSServerContext.ClientAuthentication.allCases)
    func `A certificate says who the client is, where one is asked for`(
        _ authentication: TLSServerContext.ClientAuthentication
    ) async throws {
        let seen = try await visit(authentication, showsCertificate: true)
        let expected =
            authentication == .none
            ? KafkaPrincipal.anonymous : KafkaPrincipal(name: "CN=localhost")
        #expect(!seen.isEmpty && seen.allSatisfy { $0 == expected })
    }

    @Test func `Without a certificate a client is nobody, or stays outside`() async throws {
        for authentication in [TLSServerContext.ClientAuthentication.none, .requested] {
            let seen = try await visit(authentication, showsCertificate: false)
            #expect(!seen.isEmpty && seen.allSatisfy { $0 == .anonymous })
        }
        await #expect(throws: ConnectionError.self) {
            _ = try await visit(.required, showsCertificate: false)
        }
    }

    @Test func `A client that speaks no TLS is not served`() async throws {
        await #expect(throws: ConnectionError.self) {
            _ = try await visit(.none, showsCertificate: false, isSecure: false)
        }
    }

    @Test func `A key that does not belong is refused at the start`() {
        var options = Self.papers
        options.certificate = .text(Secret(TestPapers.authority))
        #expect(throws: SecretError.self) { try TLSServerContext(options) }
        options.certificate = nil
        options.key = nil
        #expect {
            try TLSServerContext(options)
        } throws: {
            "\($0)".contains("ssl.keystore.location")
        }
    }
}
