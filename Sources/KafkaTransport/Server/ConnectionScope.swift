public import KafkaSecurity
public import NIOCore

/// A connection as those see it who serve its requests: who is at the other end, and what still
/// waits on its behalf.
///
/// Confined to the connection's event loop but for the constants.
public final class ConnectionScope: @unchecked Sendable {
    /// Why something that waits is told to stop.
    public enum CancelReason: Sendable {
        /// The client has gone; the answer has nowhere to go.
        case closed
        /// The server shuts down: answer at once with what there is.
        case draining
        /// The client sends no more, and may be gone altogether: what only waits for news ends.
        case inputEnded
    }

    /// Identifies a wait for `endWait`.
    public struct WaitID: Hashable, Sendable {
        fileprivate var number: UInt64
    }

    /// Unique within the process.
    public let id: UInt64
    public let eventLoop: any EventLoop
    /// Position of the listener that accepted the connection in the server's list.
    public let listenerIndex: Int
    /// The client's address, for log lines.
    public let peer: String
    /// The client's IP address; nil for a local process.
    public let host: String?

    /// Who the client has shown to be.
    public var principal: KafkaPrincipal = .anonymous
    /// Largest request that is taken, in bytes; nil for the server's limit. For who is not known
    /// yet.
    public var maxRequestBytes: Int? { didSet { onLimit?() } }
    /// Told when `maxRequestBytes` has changed.
    var onLimit: (() -> Void)?
    /// Whether a request is served only when those before it are answered.
    public var isSerial = false
    /// Until then no request of the connection is served; nil for no such time.
    private(set) var mutedUntil: NIODeadline?
    /// Told when `mutedUntil` has moved.
    var onMute: (() -> Void)?

    private var waits: [WaitID: (CancelReason) -> Void] = [:]
    private var nextWait: UInt64 = 0
    private var cancelled: CancelReason?

    public init(
        id: UInt64, eventLoop: any EventLoop, listenerIndex: Int, peer: String, host: String? = nil
    ) {
        self.id = id
        self.eventLoop = eventLoop
        self.listenerIndex = listenerIndex
        self.peer = peer
        self.host = host
    }

    /// Notes something that waits, such as a long poll, to be told when waiting is over for good.
    ///
    /// - Parameter cancel: called at most once for a reason, on the event loop, at once when it is
    ///   too late already; not again after it was told of the server's end or the connection's.
    public func beginWait(_ cancel: @escaping (CancelReason) -> Void) -> WaitID {
        let id = WaitID(number: nextWait)
        nextWait += 1
        if let cancelled { cancel(cancelled) }
        if cancelled == nil || cancelled == .inputEnded { waits[id] = cancel }
        return id
    }

    /// Forgets a wait that has ended by itself.
    public func endWait(_ id: WaitID) { waits[id] = nil }

    /// Serves no request that comes later for this long; requests under way are finished, and
    /// nothing is read meanwhile (KIP-219).
    public func mute(forMs ms: Int64) {
        let until = eventLoop.now + .milliseconds(ms)
        guard mutedUntil.map({ $0 < until }) ?? true else { return }
        mutedUntil = until
        onMute?()
    }

    /// The time has come.
    func unmute() { mutedUntil = nil }

    /// Number of things that wait.
    public var waitCount: Int { waits.count }

    /// Whether waiting makes no sense any more.
    public var isCancelled: Bool { cancelled != nil }

    /// Tells all that wait, and whoever comes later.
    public func cancelWaits(_ reason: CancelReason) {
        cancelled = reason
        let all = waits.values
        if reason != .inputEnded { waits = [:] }
        for cancel in all { cancel(reason) }
    }
}
