public import KafkaBase
public import NIOCore

/// What answers the requests of a server's connections.
public protocol RequestService: Sendable {
    /// Serves one request.
    ///
    /// Called on the connection's event loop, once for each frame and in the order of arrival;
    /// must not block. Several requests of one connection may be under way at once: their replies
    /// leave in the order of arrival whatever the order of their completion.
    ///
    /// - Parameters:
    ///   - frame: the request's header and body, without the length in front.
    ///   - scope: the connection.
    ///   - reply: to be completed exactly once, on the connection's event loop.
    func serve(_ frame: ByteBuffer, from scope: ConnectionScope, reply: ReplyHandle)

    /// What serves a new connection's requests: this, unless connections of its listener have a
    /// state of their own, such as an authentication. Called once, on the connection's event loop.
    func service(of scope: ConnectionScope) -> any RequestService
}

extension RequestService {
    public func service(of scope: ConnectionScope) -> any RequestService { self }
}

/// What becomes of a request.
public enum ServerReply: Sendable {
    /// A response that begins with `ServerReply.lengthPrefixBytes` bytes left free, into which the
    /// connection writes the frame's length.
    case message(WireWriter)
    /// No response is sent (acks=0).
    case nothing
    /// The connection is closed behind the responses to earlier requests, with one line logged
    /// unless the reason is nil.
    case close(reason: String?)
    /// A response like `message`, behind which the connection is closed.
    case last(WireWriter, reason: String?)

    public static let lengthPrefixBytes = 4

    /// What the client is sent; nil for nothing.
    var response: WireWriter? {
        switch self {
        case .message(let writer), .last(let writer, _): writer
        case .nothing, .close: nil
        }
    }
}

/// Takes one request's reply back to its connection.
public struct ReplyHandle: Sendable {
    private let action: @Sendable (ServerReply) -> Void

    public init(_ action: @escaping @Sendable (ServerReply) -> Void) {
        self.action = action
    }

    /// To be called once, on the connection's event loop.
    public func complete(_ reply: ServerReply) { action(reply) }
}
