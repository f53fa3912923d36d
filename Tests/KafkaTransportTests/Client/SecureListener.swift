import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

@testable import KafkaTransport

/// A broker's listener with TLS and SCRAM-SHA-256 that notes who keeps to the protocol.
final class SecureListener: Sendable {
    struct Record: Sendable {
        var connections = 0
        var authentications = 0
        /// Requests before an authentication, or in the midst of one.
        var intruders = 0
    }

    static let username = "alice"
    static let password = Secret("wonderland")

    let record = NIOLockedValueBox(Record())
    let channel: any Channel

    /// - Parameters:
    ///   - tls: nil for a listener in the clear.
    ///   - lifetimeMs: of a session; 0 has no end.
    init(tls: NIOSSLContext?, lifetimeMs: Int64 = 0) async throws {
        let record = record
        let credential = ScramCredential(.sha256, password: Self.password)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                record.withLockedValue { $0.connections += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(record, credential, lifetimeMs))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
    }

    var address: BrokerAddress {
        .tcp(host: "localhost", port: channel.localAddress?.port ?? 0)
    }

    static func tlsContext() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(
                    Array(TestPapers.certificate.utf8)
                ).map { .certificate($0) },
                privateKey: .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(TestPapers.key.utf8), format: .pem))))
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let record: NIOLockedValueBox<Record>
        private let credential: ScramCredential
        private let lifetimeMs: Int64
        private var frames = FrameAssembler()
        private var exchange: ScramServer?
        private var isAuthenticated = false

        init(
            _ record: NIOLockedValueBox<Record>, _ credential: ScramCredential, _ lifetimeMs: Int64
        ) {
            self.record = record
            self.credential = credential
            self.lifetimeMs = lifetimeMs
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            frames.append(unwrapInboundIn(data))
            do {
                while let frame = try frames.nextFrame() {
                    var reader = WireReader(frame)
                    let header = try RequestHeader(from: &reader)
                    let answer = try answer(header, &reader)
                    context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
                }
            } catch {
                context.close(promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func answer(
            _ header: RequestHeader, _ reader: inout WireReader
        ) throws -> ByteBuffer {
            switch header.apiKey {
            case .apiVersions: return try frame(versions(), header)
            case .saslHandshake:
                let credential = credential
                exchange = ScramServer(.sha256) { $0 == SecureListener.username ? credential : nil }
                var response = SaslHandshakeResponse()
                response.mechanisms = ["SCRAM-SHA-256"]
                return try frame(response, header)
            case .saslAuthenticate:
                let request = try SaslAuthenticateRequest(
                    from: &reader, version: header.apiVersion)
                return try frame(authenticate(request), header)
            default:
                if !isAuthenticated || exchange != nil {
                    record.withLockedValue { $0.intruders += 1 }
                }
                return try frame(MetadataResponse(), header)
            }
        }

        private func authenticate(_ request: SaslAuthenticateRequest) -> SaslAuthenticateResponse {
            var response = SaslAuthenticateResponse()
            do {
                switch try exchange?.respond(to: Array(request.authBytes.readableBytesView)) {
                case .challenge(let message)?: response.authBytes = ByteBuffer(bytes: message)
                case .done(let message, _)?:
                    response.authBytes = ByteBuffer(bytes: message)
                    response.sessionLifetimeMs = lifetimeMs
                    isAuthenticated = true
                    exchange = nil
                    record.withLockedValue { $0.authentications += 1 }
                case nil: response.errorCode = .illegalSaslState
                }
            } catch {
                response.errorCode = .saslAuthenticationFailed
                response.errorMessage = "\(error)"
            }
            return response
        }

        private func versions() -> ApiVersionsResponse {
            var response = ApiVersionsResponse()
            let served: [(ApiKey, Int16)] = [
                (.apiVersions, 3), (.saslHandshake, 1), (.saslAuthenticate, 2), (.metadata, 9),
            ]
            response.apiKeys = served.map { key, highest in
                var entry = ApiVersionsResponse.ApiVersion()
                entry.apiKey = key.rawValue
                entry.maxVersion = highest
                return entry
            }
            return response
        }

        private func frame(
            _ response: some ResponseMessage, _ header: RequestHeader
        ) throws -> ByteBuffer {
            var writer = WireWriter(ByteBuffer(integer: Int32(0)))
            let version = header.apiKey.responseHeaderVersion(for: header.apiVersion)
            ResponseHeader(correlationId: header.correlationId).encode(
                to: &writer, version: version)
            try response.encode(to: &writer, version: header.apiVersion)
            writer.setInteger(Int32(writer.count - 4), at: 0)
            return writer.buffer
        }
    }
}
