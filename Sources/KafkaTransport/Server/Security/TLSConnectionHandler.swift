internal import KafkaSecurity
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Stands behind the TLS of one connection: takes down who the client is when the handshake is
/// done, and says why one failed.
///
/// Confined to the channel's event loop.
final class TLSConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let tls: TLSServerContext
    private let scope: ConnectionScope
    private let logger: Logger
    private let warnings: LogLimiter
    private var isEstablished = false

    init(
        _ tls: TLSServerContext, scope: ConnectionScope, logger: Logger, warnings: LogLimiter
    ) {
        self.tls = tls
        self.scope = scope
        self.logger = logger
        self.warnings = warnings
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            isEstablished = true
            if let name = distinguishedName(context) { scope.principal = tls.principal(name) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Of the client's certificate, which was checked; nil where it showed none.
    private func distinguishedName(_ context: ChannelHandlerContext) -> String? {
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        guard let certificate = handler?.peerCertificate,
            let bytes = try? certificate.toDERBytes()
        else { return nil }
        return CertificateSubject.distinguishedName(der: bytes)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // Most clients just close their connections.
        case NIOSSLError.uncleanShutdown: return context.close(promise: nil)
        // So do those who only look whether somebody listens.
        case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])): break
        default:
            if !isEstablished, let code = TLSFailure.code(of: error) {
                warnings.warn(
                    "closing the connection from \(scope.peer): no TLS handshake: "
                        + TLSConnectionHandler.reason(code), logger)
            }
        }
        context.fireErrorCaught(error)
    }

    private static func reason(_ code: String) -> String {
        switch code {
        case "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "INVALID_MESSAGE", "UNEXPECTED_MESSAGE":
            "the client speaks no TLS"
        case "PEER_DID_NOT_RETURN_A_CERTIFICATE": "the client showed no certificate"
        case "CERTIFICATE_VERIFY_FAILED":
            "the client's certificate is not signed by an authority of ssl.truststore.location"
        default: TLSFailure.words(code)
        }
    }
}
