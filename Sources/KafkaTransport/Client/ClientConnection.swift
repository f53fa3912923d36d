internal import KafkaBase
public import KafkaWire
public import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// A connection to one broker: requests are pipelined, and answered in their order.
///
/// Owns its channel. Any thread may call it; what happens inside is confined to its event loop.
/// Bounded by `ClientConnectionOptions`: pending requests, a response's size, a request's time. A
/// request that runs out of time ends the connection, since the answers behind it would not come
/// either.
public final class ClientConnection: Sendable {
    public let address: BrokerAddress
    /// The loop on which futures complete.
    public let eventLoop: any EventLoop
    /// What the broker said it serves, asked once when the connection was made.
    public let versions: ApiVersionRanges
    /// Completes when the connection has ended, for whatever reason.
    public let closeFuture: EventLoopFuture<Void>

    private let channel: any Channel
    private let handler: NIOLoopBound<ClientConnectionHandler>
    private let options: ClientConnectionOptions
    private let correlationIDs: CorrelationIDs

    private init(
        address: BrokerAddress, channel: any Channel,
        handler: NIOLoopBound<ClientConnectionHandler>,
        versions: ApiVersionRanges, options: ClientConnectionOptions, correlationIDs: CorrelationIDs
    ) {
        self.address = address
        self.channel = channel
        self.handler = handler
        self.versions = versions
        self.options = options
        self.correlationIDs = correlationIDs
        eventLoop = channel.eventLoop
        closeFuture = channel.closeFuture
    }

    /// Whether requests can still be sent, as far as is known here.
    public var isOpen: Bool { channel.isActive }

    /// Connects, secures the connection as the options say, and asks which versions the broker
    /// serves.
    ///
    /// - Parameter group: an event loop of it serves the connection for its life.
    public static func connect(
        to address: BrokerAddress, group: any EventLoopGroup,
        options: ClientConnectionOptions = ClientConnectionOptions()
    ) async throws(ConnectionError) -> ClientConnection {
        let eventLoop = group.next()
        var options = options
        if case .unix = address { options.security = ClientSecurity() }
        do {
            return try await eventLoop.flatSubmit { [options] in
                secured(address, eventLoop, options)
            }.get()
        } catch let error as ConnectionError {
            guard case .closedAtStart(_, let underTLS) = error, case .tcp = address else {
                throw error
            }
            throw await whyClosed(address, eventLoop, options, underTLS: underTLS) ?? error
        } catch {
            throw .closed(address, reason: ConnectionFailure.reason(of: error))
        }
    }

    /// A broker that is spoken to in the wrong way hangs up, like one that just ends: so it is
    /// asked once in the other way, for its versions.
    ///
    /// - Returns: nil when it does not answer that either.
    private static func whyClosed(
        _ address: BrokerAddress, _ eventLoop: any EventLoop, _ options: ClientConnectionOptions,
        underTLS: Bool
    ) async -> ConnectionError? {
        var options = options
        options.security = ClientSecurity(tls: underTLS ? nil : .probe)
        options.connectTimeoutMs = min(options.connectTimeoutMs, 2000)
        let reason = underTLS ? TLSFailure.speaksNoTLS : TLSFailure.speaksTLS
        do {
            let connection = try await eventLoop.flatSubmit { [options] in
                secured(address, eventLoop, options)
            }.get()
            connection.close()
            return .tlsFailed(address, reason: reason)
        } catch ConnectionError.tlsFailed(_, let found)
            where !underTLS && found != TLSFailure.speaksNoTLS
        {
            // It asks for more, as a certificate, but it asks.
            return .tlsFailed(address, reason: reason)
        } catch {
            return nil
        }
    }

    /// All on the event loop, so that a caller waits for one thing and wakes no thread twice.
    private static func secured(
        _ address: BrokerAddress, _ eventLoop: any EventLoop, _ options: ClientConnectionOptions
    ) -> EventLoopFuture<ClientConnection> {
        guard let tls = options.security.tls else {
            return open(address, eventLoop, options, tls: nil)
        }
        return tls.context(on: eventLoop).flatMapErrorThrowing { error in
            throw ConnectionError.invalidSecurity(reason: "\(error)")
        }.flatMap { open(address, eventLoop, options, tls: $0) }
    }

    private static func open(
        _ address: BrokerAddress, _ eventLoop: any EventLoop, _ options: ClientConnectionOptions,
        tls context: NIOSSLContext?
    ) -> EventLoopFuture<ClientConnection> {
        let correlationIDs = CorrelationIDs()
        let negotiated = eventLoop.makePromise(of: ApiVersionRanges.self)
        let timeout = eventLoop.scheduleTask(in: .milliseconds(Int64(options.connectTimeoutMs))) {
            negotiated.fail(
                ConnectionError.timedOut(
                    address, what: options.security.stages, afterMs: options.connectTimeoutMs))
        }
        let attempt = ConnectAttempt(address: address, eventLoop: eventLoop, options: options)
        return attempt.connect { channel in
            channel.eventLoop.makeCompletedFuture {
                if let context, let tls = options.security.tls, case .tcp(let host, _) = address {
                    try channel.pipeline.syncOperations.addHandler(
                        tls.handler(context, host: host))
                }
                try channel.pipeline.syncOperations.addHandler(
                    ClientConnectionHandler(
                        address: address, options: options, correlationIDs: correlationIDs,
                        negotiated: negotiated))
            }
        }.flatMap { channel in
            let opened = negotiated.futureResult.flatMapThrowing { versions in
                let handler = try channel.pipeline.syncOperations.handler(
                    type: ClientConnectionHandler.self)
                return ClientConnection(
                    address: address, channel: channel,
                    handler: NIOLoopBound(handler, eventLoop: eventLoop), versions: versions,
                    options: options, correlationIDs: correlationIDs)
            }
            opened.whenFailure { _ in channel.close(promise: nil) }
            return opened
        }.always { result in
            timeout.cancel()
            if case .failure(let error) = result { negotiated.fail(error) }
        }
    }

    /// Sends a request; its future, on `eventLoop`, gives the response or a `ConnectionError`.
    ///
    /// - Parameters:
    ///   - version: by default the highest that both sides know.
    ///   - timeoutMs: from now until the answer is there. Above it the connection ends.
    public func send<Request: RequestMessage>(
        _ request: Request, version: Int16? = nil, timeoutMs: Int
    ) -> EventLoopFuture<Request.Response> {
        let promise = eventLoop.makePromise(of: Request.Response.self)
        let frame: RequestFrame
        let sentVersion: Int16
        let correlationID = correlationIDs.next()
        do {
            (frame, sentVersion) = try encode(request, version, correlationID)
        } catch {
            promise.fail(error)
            return promise.futureResult
        }
        let address = address
        run { handler in
            let pending = ClientConnectionState<ClientConnectionHandler.Waiter>.Pending(
                correlationID: correlationID, key: Request.apiKey, version: sentVersion,
                deadline: .now() + .milliseconds(Int64(timeoutMs)), timeoutMs: timeoutMs
            ) { result in
                do {
                    var reader = try result.get()
                    promise.succeed(try Request.Response(from: &reader, version: sentVersion))
                } catch let error as WireError {
                    let error = ConnectionError.invalidResponse(
                        address, reason: "\(Request.apiKey): \(error)")
                    handler.end(error)
                    promise.fail(error)
                } catch {
                    promise.fail(error)
                }
            }
            handler.send(pending, frame: frame)
        }
        return promise.futureResult
    }

    /// Sends a request that the broker does not answer (Produce with acks 0); the future completes
    /// when the operating system has taken it.
    ///
    /// - Parameter timeoutMs: from now until then. Above it the connection ends.
    public func sendWithoutAnswer<Request: RequestMessage>(
        _ request: Request, version: Int16? = nil, timeoutMs: Int = 30_000
    ) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        do {
            let (frame, _) = try encode(request, version, correlationIDs.next())
            run { handler in
                handler.sendWithoutAnswer(frame, timeoutMs: timeoutMs) {
                    promise.completeWith($0.mapError { $0 })
                }
            }
        } catch {
            promise.fail(error)
        }
        return promise.futureResult
    }

    /// Ends the connection; requests under way fail.
    public func close() {
        let address = address
        run { $0.end(.closed(address, reason: "by this client")) }
    }

    private func encode<Request: RequestMessage>(
        _ request: Request, _ version: Int16?, _ correlationID: Int32
    ) throws(ConnectionError) -> (RequestFrame, Int16) {
        guard let version = version ?? versions.highestCommonVersion(of: Request.self) else {
            throw .unsupportedVersion(address, Request.apiKey)
        }
        do {
            let frame = try RequestFrame(
                request, version: version, correlationID: correlationID, clientID: options.clientID)
            return (frame, version)
        } catch {
            throw .invalidRequest(Request.apiKey, error)
        }
    }

    /// Runs on the event loop, at once when already there.
    private func run(_ body: @escaping @Sendable (ClientConnectionHandler) -> Void) {
        if eventLoop.inEventLoop {
            body(handler.value)
        } else {
            let handler = handler
            eventLoop.execute { body(handler.value) }
        }
    }
}
