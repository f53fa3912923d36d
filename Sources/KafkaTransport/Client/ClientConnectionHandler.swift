internal import KafkaBase
internal import KafkaWire
internal import NIOCore
internal import NIOTLS

/// Carries out between the channel and the state machine what the latter decides. Confined to the
/// channel's event loop.
final class ClientConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    /// Gets the answer's body, or why there is none.
    typealias Waiter = (Result<WireReader, ConnectionError>) -> Void

    var state: ClientConnectionState<Waiter>
    private var frames: FrameAssembler
    let address: BrokerAddress
    let options: ClientConnectionOptions
    let correlationIDs: CorrelationIDs
    private let negotiated: EventLoopPromise<ApiVersionRanges>
    private(set) var context: ChannelHandlerContext?
    private var endError: ConnectionError?
    private var timer: Scheduled<Void>?
    private var hasRead = false
    /// Whether TLS stands.
    private var isSecured = false
    /// Requests that wait for an authentication to end, to be given again.
    private var held: [() -> Void] = []
    /// The authentication under way, or the last one.
    var authentication: AuthenticationRun?

    init(
        address: BrokerAddress, options: ClientConnectionOptions, correlationIDs: CorrelationIDs,
        negotiated: EventLoopPromise<ApiVersionRanges>
    ) {
        self.address = address
        self.options = options
        self.correlationIDs = correlationIDs
        self.negotiated = negotiated
        state = ClientConnectionState(
            maxPendingRequests: options.maxPendingRequests,
            authenticates: options.security.sasl != nil)
        frames = FrameAssembler(maxFrameBytes: options.maxResponseBytes)
    }

    // MARK: Requests

    /// Writes a request whose answer `waiter` gets.
    func send(_ request: ClientConnectionState<Waiter>.Pending, frame: RequestFrame) {
        switch state.send(request) {
        case .write:
            write(frame)
            schedule(for: request.deadline)
        case .hold: held.append { self.send(request, frame: frame) }
        case .refuseTooMany:
            request.waiter(
                .failure(.tooManyRequests(address, limit: options.maxPendingRequests)))
        case .refuseClosed:
            request.waiter(.failure(endError ?? .closed(address, reason: "not open")))
        }
    }

    /// Writes a request that gets no answer; a broker that does not read it in time loses the
    /// connection.
    func sendWithoutAnswer(
        _ frame: RequestFrame, timeoutMs: Int,
        then: @escaping (Result<Void, ConnectionError>) -> Void
    ) {
        switch state.sendWithoutAnswer() {
        case .write: break
        case .hold:
            held.append { self.sendWithoutAnswer(frame, timeoutMs: timeoutMs, then: then) }
            return
        case .refuseTooMany:
            return then(.failure(.tooManyRequests(address, limit: options.maxPendingRequests)))
        case .refuseClosed:
            return then(.failure(endError ?? .closed(address, reason: "not open")))
        }
        guard let context else {
            return then(.failure(endError ?? .closed(address, reason: "not open")))
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        let address = address
        let late = context.eventLoop.assumeIsolated().scheduleTask(
            in: .milliseconds(Int64(timeoutMs))
        ) {
            self.end(.timedOut(address, what: "writing a request", afterMs: timeoutMs))
        }
        promise.futureResult.assumeIsolated().whenComplete { result in
            late.cancel()
            then(
                result.mapError { error in
                    self.endError
                        ?? .closed(address, reason: ConnectionFailure.reason(of: error))
                })
        }
        write(frame, promise: promise)
    }

    func write(_ frame: RequestFrame, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        for (index, part) in frame.parts.enumerated() {
            let isLast = index == frame.parts.count - 1
            context.write(wrapOutboundOut(part), promise: isLast ? promise : nil)
        }
        context.flush()
    }

    private func negotiate(version: Int16, correlationID: Int32) {
        do {
            let frame = try RequestFrame(
                ApiVersionsRequest.ofThisSoftware, version: version, correlationID: correlationID,
                clientID: options.clientID)
            write(frame)
        } catch {
            end(.invalidRequest(.apiVersions, error))
        }
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { connected() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        connected()
    }

    private func connected() {
        let id = correlationIDs.next()
        negotiate(version: state.connected(correlationID: id), correlationID: id)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if !hasRead {
            hasRead = true
            if options.security.tls == nil, TLSFailure.isAlert(bytes) {
                return end(.tlsFailed(address, reason: TLSFailure.speaksTLS))
            }
        }
        frames.append(bytes)
        do {
            while endError == nil, let frame = try frames.nextFrame() { received(frame) }
        } catch {
            end(.invalidResponse("\(error)"))
        }
    }

    private func received(_ frame: ByteBuffer) {
        switch state.received(frame, nextCorrelationID: correlationIDs.next()) {
        case .answer(let pending, let reader): pending.waiter(.success(reader))
        case .negotiated(let ranges): negotiated(ranges)
        case .negotiate(let version, let id): negotiate(version: version, correlationID: id)
        case .end(let reason): end(reason)
        }
    }

    private func negotiated(_ ranges: ApiVersionRanges) {
        guard let sasl = options.security.sasl else { return negotiated.succeed(ranges) }
        authenticate(sasl, ranges)
    }

    /// The connection can be used from now on, or again.
    func authenticated(_ ranges: ApiVersionRanges) {
        state.authenticated()
        negotiated.succeed(ranges)
        releaseHeld()
    }

    private func releaseHeld() {
        let requests = held
        held = []
        for give in requests { give() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { isSecured = true }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let tls = options.security.tls,
            let failure = TLSFailure.connectionError(error, at: address, tls.options)
        {
            return end(failure)
        }
        end(closedByBroker(ConnectionFailure.reason(of: error)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        let error = endError ?? closedByBroker("by the broker")
        endError = error
        timer?.cancel()
        authentication?.timer?.cancel()
        negotiated.fail(error)
        for pending in state.ended() { pending.waiter(.failure(error)) }
        releaseHeld()
        context.fireChannelInactive()
    }

    /// Why the broker closed the connection, if how it was spoken to may be it.
    private func closedByBroker(_ reason: String) -> ConnectionError {
        guard case .tcp = address else { return .closed(address, reason: reason) }
        let security = options.security
        var reason = reason
        switch (state.closeCause, security.tls) {
        case (.beforeFirstAnswer, nil): return .closedAtStart(address, underTLS: false)
        case (.beforeFirstAnswer, _?) where !isSecured:
            return .closedAtStart(address, underTLS: true)
        case (.beforeFirstAnswer, let tls?) where tls.options.certificate == nil:
            reason +=
                " after the TLS handshake; if it asks for a client certificate, set "
                + "ssl.certificate.location and ssl.key.location, or ssl.keystore.location"
        case (.atFirstRequest, let tls) where security.sasl == nil:
            reason +=
                " at the first request; if it asks for authentication, set security.protocol="
                + (tls == nil ? "SASL_PLAINTEXT" : "SASL_SSL")
        default: break
        }
        return .closed(address, reason: reason)
    }

    // MARK: The end

    /// Closes the channel; whoever waits is told `error`.
    func end(_ error: ConnectionError) {
        if endError == nil { endError = error }
        context?.close(promise: nil)
    }

    private func end(_ reason: ClientConnectionState<Waiter>.EndReason) {
        switch reason {
        case .closed(let text): end(.closed(address, reason: text))
        case .timedOut(let key, let ms):
            end(.timedOut(address, what: "\(key) request", afterMs: ms))
        // Whoever cannot answer the first request is something else.
        case .invalidResponse(let text) where !state.isNegotiated:
            end(.connectFailed(address, reason: "what answers there is no Kafka broker (\(text))"))
        case .invalidResponse(let text): end(.invalidResponse(address, reason: text))
        case .refused(let code): end(.refused(address, code))
        case .unsupported(let key): end(.unsupportedVersion(address, key))
        }
    }

    /// Wakes up at the earliest deadline. A timer that comes too early only looks again.
    func schedule(for deadline: NIODeadline) {
        guard timer == nil, let context else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            if let reason = self.state.expired(now: .now()) { return self.end(reason) }
            if let next = self.state.nextDeadline { self.schedule(for: next) }
        }
    }
}
