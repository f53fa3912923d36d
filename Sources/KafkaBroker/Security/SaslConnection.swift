import KafkaTransport
import NIOCore

/// Stands between a connection of a listener with SASL and the broker: carries out what
/// `SaslServerAuthentication` says of each request.
///
/// Confined to the connection's event loop. Until the client is known its requests are small, and
/// served one at a time.
final class SaslConnection: RequestService, @unchecked Sendable {
    private let broker: any RequestService
    private let listener: SaslListener
    private var authentication: SaslServerAuthentication

    init(
        _ scope: ConnectionScope, _ listener: SaslListener,
        credentials: @escaping @Sendable () -> ScramCredentials, broker: any RequestService
    ) {
        self.broker = broker
        self.listener = listener
        authentication = SaslServerAuthentication(listener, credentials: credentials)
        scope.isSerial = true
        scope.maxRequestBytes = listener.maxReceiveBytes
    }

    func serve(_ frame: ByteBuffer, from scope: ConnectionScope, reply: ReplyHandle) {
        switch authentication.receive(frame, now: .now()) {
        case .pass:
            broker.serve(frame, from: scope, reply: reply)
            // The broker decides for those that it knows.
            if !authentication.isAuthenticated { scope.isSerial = true }
        case .reply(let response): reply.complete(.message(response))
        case .succeed(let principal, let response):
            scope.principal = principal
            scope.maxRequestBytes = nil
            scope.isSerial = false
            reply.complete(.message(response))
        case .fail(let response, let reason):
            let end = response.map { ServerReply.last($0, reason: reason) }
            fail(end ?? .close(reason: reason), scope, reply)
        }
    }

    private func fail(_ end: ServerReply, _ scope: ConnectionScope, _ reply: ReplyHandle) {
        guard listener.failureDelayMs > 0 else { return reply.complete(end) }
        scope.eventLoop.scheduleTask(in: .milliseconds(listener.failureDelayMs)) {
            reply.complete(end)
        }
    }
}
