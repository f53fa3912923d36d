import KafkaBase
import Logging
import NIOCore

/// One client's connection: cuts frames, has them served, sends the replies in order.
///
/// Owns the connection's buffers and its place in the memory budget. Confined to the channel's
/// event loop. Bounded by `RequestPipeline.Limits` and `MemoryBudget`: above either, and while the
/// client does not take its replies, no frame is served and the socket is not read.
final class ServerConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = IOData

    private enum Phase {
        case open
        /// The server shuts down: what is under way is finished, nothing new is served.
        case draining
        /// The last replies are on their way out.
        case closing
        case closed
    }

    let scope: ConnectionScope
    private let service: any RequestService
    private let budget: MemoryBudget
    private let logger: Logger
    private let warnings: LogLimiter
    /// Nil where nobody wants to know.
    private let counters: LoopCounters?
    /// Largest frame where the scope names no other limit, in bytes.
    private let maxFrameBytes: Int
    private var assembler: FrameAssembler
    private var pipeline: RequestPipeline
    private var phase = Phase.open
    /// Why the connection ends; that of who does so first.
    private var closeReason: ServerCounters.CloseReason?
    private var context: ChannelHandlerContext?
    private var idle: IdleWatch
    private var ticks: RepeatedTask?
    private var unmuting: Scheduled<Void>?

    /// The next frame's size has been reserved in the budget, in bytes.
    private var reservedBytes: Int?
    /// The next frame's size when the pipeline had no room for it, in bytes.
    private var refusedBytes: Int?
    private var waitsForBudget = false
    /// The pipeline asked to read while reading was not wanted.
    private var readIsHeld = false
    /// The client sends no more, but may wait for answers.
    private var inputHasEnded = false
    private var isInRead = false
    private var isServing = false
    private var needsFlush = false
    /// Under TLS, what of replies is still to be read and sent; nil where files are sent as they
    /// are.
    private var buffered: BufferedOutput?

    /// - Parameter isSecure: whether there is TLS under the connection.
    init(
        scope: ConnectionScope, service: any RequestService, budget: MemoryBudget,
        maxFrameBytes: Int, limits: RequestPipeline.Limits = .init(), maxIdleMs: Int64 = -1,
        isSecure: Bool = false, logger: Logger, warnings: LogLimiter = LogLimiter(),
        counters: LoopCounters? = nil
    ) {
        self.scope = scope
        self.service = service
        self.budget = budget
        self.logger = logger
        self.warnings = warnings
        self.counters = counters
        self.maxFrameBytes = maxFrameBytes
        idle = IdleWatch(maxIdleMs: maxIdleMs)
        assembler = FrameAssembler(maxFrameBytes: scope.maxRequestBytes ?? maxFrameBytes)
        buffered = isSecure ? BufferedOutput() : nil
        pipeline = RequestPipeline(limits: limits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        counters?.opened()
        logger.debug("connection opened", metadata: ["peer": "\(scope.peer)", "id": "\(scope.id)"])
        let loopBound = NIOLoopBound(self, eventLoop: scope.eventLoop)
        let period = TimeAmount.milliseconds(idle.tickMs)
        scope.onMute = { loopBound.value.hasBeenMuted() }
        scope.onLimit = {
            let connection = loopBound.value
            connection.assembler.maxFrameBytes =
                connection.scope.maxRequestBytes ?? connection.maxFrameBytes
        }
        ticks = scope.eventLoop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in
            loopBound.value.tick()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        ticks?.cancel()
        ticks = nil
        unmuting?.cancel()
        unmuting = nil
        scope.onMute = nil
        scope.onLimit = nil
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase == .open else { return }
        isInRead = true
        idle.noteActivity()
        assembler.append(unwrapInboundIn(data))
        serveFrames()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInRead = false
        flushIfNeeded()
    }

    func read(context: ChannelHandlerContext) {
        if mayRead {
            context.read()
        } else {
            readIsHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        if isStreaming {
            idle.noteActivity()
            stream(context)
            sendReplies()
        }
        serveFrames()
        flushIfNeeded()
    }

    /// What has been read is served first: nothing more is read while frames are held back.
    private var mayRead: Bool { phase == .open && !isHeldBack }

    private var isHeldBack: Bool {
        waitsForBudget || scope.mutedUntil != nil || (scope.isSerial && !pipeline.isEmpty)
            || !(context?.channel.isWritable ?? true)
            || !pipeline.admits(sizeBytes: reservedBytes ?? refusedBytes ?? 1)
    }

    /// Whether the client, which sends no more, takes no answers either.
    private var isGone: Bool { inputHasEnded && context?.channel.isActive == false }

    private func serveFrames() {
        // A reply that comes at once ends up here again; the loop below goes on by itself.
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        do throws(FrameError) {
            while phase == .open, !isHeldBack, !isGone, try reserveNextFrame(),
                let frame = try assembler.nextFrame()
            {
                reservedBytes = nil
                serve(frame)
                // Whether somebody is still there shows when an answer leaves.
                if inputHasEnded { flushIfNeeded() }
            }
        } catch {
            return fail("\(error)")
        }
        if inputHasEnded {
            closeAfterInput()
        } else {
            resumeReading()
        }
    }

    private func resumeReading() {
        guard readIsHeld, mayRead, let context else { return }
        readIsHeld = false
        idle.noteActivity()
        context.read()
    }

    /// The client has closed its half: what it asked for before is served and answered still.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event, phase == .open, !inputHasEnded {
            inputHasEnded = true
            closeReason = closeReason ?? .client
            scope.cancelWaits(.inputEnded)
            serveFrames()
            flushIfNeeded()
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// What is left then is the beginning of a request.
    private func closeAfterInput() {
        guard phase == .open, pipeline.isEmpty, !isStreaming, !isHeldBack else { return }
        closeBehindReplies()
    }

    /// Whether the next frame has begun to arrive, and there is room for it.
    private func reserveNextFrame() throws(FrameError) -> Bool {
        guard reservedBytes == nil else { return true }
        guard let length = try assembler.announcedFrameByteCount() else { return false }
        guard pipeline.admits(sizeBytes: length) else {
            refusedBytes = length
            return false
        }
        refusedBytes = nil
        guard assembler.arrivedByteCount >= min(length, budget.smallRequestBytes) else {
            return false
        }
        let loopBound = NIOLoopBound(self, eventLoop: scope.eventLoop)
        guard budget.reserve(length, on: scope.eventLoop, orElse: { loopBound.value.roomMayBe() })
        else {
            waitsForBudget = true
            return false
        }
        reservedBytes = length
        return true
    }

    private func roomMayBe() {
        waitsForBudget = false
        serveFrames()
        flushIfNeeded()
    }

    /// Requests are served again when the time is over.
    private func hasBeenMuted() {
        guard let until = scope.mutedUntil else { return }
        unmuting?.cancel()
        let loopBound = NIOLoopBound(self, eventLoop: scope.eventLoop)
        unmuting = scope.eventLoop.scheduleTask(deadline: until) {
            loopBound.value.scope.unmute()
            loopBound.value.roomMayBe()
        }
    }

    private func serve(_ frame: ByteBuffer) {
        let id = pipeline.begin(
            sizeBytes: frame.readableBytes, mark: counters?.received(frame))
        let loopBound = NIOLoopBound(self, eventLoop: scope.eventLoop)
        service.serve(
            frame, from: scope,
            reply: ReplyHandle { reply in loopBound.value.complete(id, reply) })
    }

    // MARK: Replying

    private func complete(_ id: RequestPipeline.RequestID, _ reply: ServerReply) {
        if let mark = pipeline.mark(of: id) { counters?.answered(mark, reply) }
        guard let freedBytes = pipeline.complete(id, reply) else { return }
        budget.release(freedBytes)
        idle.noteActivity()
        sendReplies()
        if !isServing { serveFrames() }
        if !isInRead && !isServing { flushIfNeeded() }
    }

    private func sendReplies() {
        while !isStreaming, let context, let reply = pipeline.next() {
            switch reply {
            case .message(let writer): send(writer, context: context)
            case .close(let reason): return fail(reason)
            case .last(let writer, let reason):
                send(writer, context: context)
                return fail(reason)
            case .nothing: continue
            }
        }
        if phase == .draining, pipeline.isEmpty, !isStreaming { closeBehindReplies() }
    }

    private func send(_ message: WireWriter, context: ChannelHandlerContext) {
        do {
            if buffered != nil {
                try buffered?.append(message)
                return stream(context)
            }
            try FrameOutput.forEachPart(of: message) { data, promise in
                context.write(wrapOutboundOut(data), promise: promise)
            } makePromise: {
                context.eventLoop.makePromise()
            }
            needsFlush = true
        } catch {
            fail("a response could not be sent: \(error)")
        }
    }

    /// Whether a reply is only sent in part.
    private var isStreaming: Bool { buffered?.isEmpty == false }

    /// Sends on as long as the client takes it.
    private func stream(_ context: ChannelHandlerContext) {
        do {
            while context.channel.isWritable, let piece = try buffered?.next() {
                context.write(wrapOutboundOut(.byteBuffer(piece)), promise: nil)
                // Only what is encrypted counts as waiting to be sent.
                if isStreaming { context.flush() } else { needsFlush = true }
            }
        } catch {
            buffered = BufferedOutput()
            fail("a response could not be sent: \(error)")
        }
    }

    private func flushIfNeeded() {
        guard needsFlush, let context else { return }
        needsFlush = false
        context.flush()
    }

    // MARK: Closing

    /// Finishes what is under way, then closes. On the event loop.
    func drain() {
        guard phase == .open else { return }
        phase = .draining
        closeReason = closeReason ?? .shutdown
        scope.cancelWaits(.draining)
        if pipeline.isEmpty, !isStreaming { closeBehindReplies() }
        flushIfNeeded()
    }

    /// Closes at once. On the event loop.
    func closeNow() {
        context?.close(promise: nil)
    }

    private func fail(_ reason: String?) {
        guard phase != .closing && phase != .closed else { return }
        closeReason = closeReason ?? .refused
        if let reason {
            warnings.warn("closing the connection from \(scope.peer): \(reason)", logger)
        }
        closeBehindReplies()
    }

    /// Gives a client up that sends nothing: it holds memory, or a place.
    private func tick() {
        let isPartial = mayRead && (reservedBytes != nil || assembler.bufferedByteCount > 0)
        let isBusy = !pipeline.isEmpty || scope.mutedUntil != nil
        let isOwed = isPartial || phase == .closing || inputHasEnded
        switch idle.tick(isOwed: isOwed, isBusy: isBusy) {
        case .keep: return
        case .stalled:
            closeReason = closeReason ?? .stalled
            warnings.warn(
                "closing the connection from \(scope.peer): the rest of a request is missing",
                logger)
        case .idle: closeReason = closeReason ?? .idle
        }
        closeNow()
    }

    /// Closes once what has been written has left.
    private func closeBehindReplies() {
        guard phase != .closing, phase != .closed, let context else { return }
        phase = .closing
        budget.release(pipeline.close())
        needsFlush = false
        let loopBound = NIOLoopBound(self, eventLoop: scope.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer()))).whenComplete { _ in
            loopBound.value.closeNow()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        let reason = closeReason ?? .client
        counters?.closed(reason)
        logger.debug(
            "connection closed",
            metadata: [
                "peer": "\(scope.peer)", "id": "\(scope.id)", "reason": "\(reason.rawValue)",
            ])
        scope.cancelWaits(.closed)
        budget.release(pipeline.close())
        budget.release(reservedBytes ?? 0)
        reservedBytes = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        closeReason = closeReason ?? .error
        logger.debug(
            "connection failed", metadata: ["peer": "\(scope.peer)", "error": "\(error)"])
        context.close(promise: nil)
    }
}
