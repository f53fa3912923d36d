import KafkaTransport
import KafkaWire
import NIOCore

/// A reply that comes when others have done their part, perhaps minutes later and from another
/// event loop; unless the connection ends before.
///
/// `send` may be called on any thread, and more than once: the first counts. The rest is confined
/// to the connection's event loop.
final class PendingReply<Response: ResponseMessage>: @unchecked Sendable {
    private let reply: Reply<Response>
    private let scope: ConnectionScope
    private var wait: ConnectionScope.WaitID?
    private var isDone = false

    /// On the connection's event loop.
    ///
    /// - Parameter atShutdown: what the client is told when the broker ends before.
    init(_ reply: Reply<Response>, _ context: RequestContext, atShutdown: Response) {
        self.reply = reply
        scope = context.scope
        wait = scope.beginWait { reason in
            switch reason {
            case .draining: self.finish(atShutdown)
            case .closed: self.isDone = true
            case .inputEnded: break
            }
        }
    }

    func send(_ response: Response) {
        scope.eventLoop.runOrHop { self.finish(response) }
    }

    private func finish(_ response: Response) {
        guard !isDone else { return }
        isDone = true
        if let wait { scope.endWait(wait) }
        reply.send(response)
    }
}
