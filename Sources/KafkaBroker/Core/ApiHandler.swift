import KafkaBase
import KafkaTransport
import KafkaWire
import NIOCore

/// Answers the requests of one API.
///
/// Immutable; called on any event loop, must not block.
protocol ApiHandler: Sendable {
    associatedtype Request: RequestMessage
    /// Versions that are answered.
    static var servedVersions: ClosedRange<Int16> { get }
    /// Versions that ApiVersions tells; what is served, but for Produce.
    static var advertisedVersions: ClosedRange<Int16> { get }

    /// Answers one request, now or later.
    ///
    /// - Parameter reply: to be used exactly once, on the context's event loop.
    func handle(
        _ request: Request, _ context: RequestContext, _ reply: Reply<Request.Response>)
}

extension ApiHandler {
    static var advertisedVersions: ClosedRange<Int16> { servedVersions }
}

/// What a handler may know of a request besides its body.
struct RequestContext: Sendable {
    let scope: ConnectionScope
    let version: Int16
    let clientID: String?
    /// Where this broker is to be reached, as the connection's listener tells.
    let endpoint: AdvertisedEndpoint
    /// Nil for a client without quotas.
    var quota: RequestQuota?
    /// Nil for a client that may do everything.
    var authorization: Authorization?

    /// The connection's.
    var eventLoop: any EventLoop { scope.eventLoop }
}

/// Encodes a request's response and takes it to the connection.
struct Reply<Response: ResponseMessage>: Sendable {
    let version: Int16
    let correlationID: Int32
    let handle: ReplyHandle
    /// Nil for a client without quotas.
    var quota: RequestQuota?

    /// - Parameter throttledMs: how long the client is held up for what the request used; what it
    ///   used of time is looked at here.
    func send(_ response: Response, throttledMs: Int64 = 0) {
        guard let quota else { return encode(response) }
        let ms = max(throttledMs, quota.timeThrottleMs())
        guard ms > 0 else { return encode(response) }
        var response = response
        response.setThrottleTime(ms: Int32(clamping: ms))
        quota.mute(forMs: ms)
        encode(response)
    }

    private func encode(_ response: Response) {
        do throws(WireError) {
            let writer = try ResponseFrame.encode(
                response, version: version, correlationID: correlationID)
            handle.complete(.message(writer))
        } catch {
            handle.complete(
                .close(reason: "\(Response.apiKey) response v\(version) not encoded: \(error)"))
        }
    }

    /// acks=0.
    func sendNothing() { handle.complete(.nothing) }

    func closeConnection(reason: String?) { handle.complete(.close(reason: reason)) }
}
