internal import NIOCore

/// Which brokers a producer or consumer is connected to, and which it may send to now. Takes
/// events, returns actions; no clock, no socket of its own.
///
/// Confined to its owner's event loop; bounded by the cluster's size.
struct BrokerLinks {
    /// What the owner is to do about its connections.
    struct Actions {
        var connect: [Int32] = []
        /// When to ask again at the latest.
        var wakeAt: NIODeadline?

        mutating func wake(at time: NIODeadline) {
            wakeAt = wakeAt.map { min($0, time) } ?? time
        }
    }

    private enum Link {
        case absent, connecting, ready
    }

    private struct Broker {
        var link = Link.absent
        var inFlight = 0
        var notBefore = NIODeadline.uptimeNanoseconds(0)
        var backoff: Backoff
    }

    /// Requests without an answer that one broker may have.
    let maxInFlight: Int
    /// Before a connection is made again. It grows until the broker answers a request: some take
    /// connections but do not answer.
    let backoff: Backoff
    private var brokers: [Int32: Broker] = [:]

    init(maxInFlight: Int, backoff: Backoff) {
        self.maxInFlight = maxInFlight
        self.backoff = backoff
    }

    var isAnyReady: Bool { brokers.values.contains { $0.link == .ready } }

    func isReady(_ id: Int32) -> Bool { brokers[id]?.link == .ready }

    /// Whether a request may be sent to the broker now; if not, what is to be done for that.
    mutating func canSend(to id: Int32, now: NIODeadline, _ actions: inout Actions) -> Bool {
        let broker = self[id]
        guard broker.notBefore <= now else {
            actions.wake(at: broker.notBefore)
            return false
        }
        switch broker.link {
        case .absent:
            self[id].link = .connecting
            actions.connect.append(id)
            return false
        case .connecting: return false
        case .ready: return broker.inFlight < maxInFlight
        }
    }

    // MARK: Events

    mutating func connected(_ id: Int32) {
        self[id].link = .ready
    }

    /// A connection was lost or could not be made; what was sent over it is reported by `failed`.
    mutating func disconnected(_ id: Int32, now: NIODeadline) {
        self[id].link = .absent
        self[id].notBefore = now + .milliseconds(Int64(self[id].backoff.nextMs()))
    }

    mutating func sent(to id: Int32) {
        self[id].inFlight += 1
    }

    /// A request was answered, for the client to pause for a while if the broker says so (KIP-219).
    mutating func answered(by id: Int32, throttleMs: Int32 = 0, now: NIODeadline) {
        self[id].inFlight -= 1
        self[id].backoff.reset()
        if throttleMs > 0 { self[id].notBefore = now + .milliseconds(Int64(throttleMs)) }
    }

    /// A request got no answer.
    mutating func failed(at id: Int32) {
        self[id].inFlight -= 1
    }

    /// Nobody waits for answers any more, and none is reported.
    mutating func dropRequests() {
        for id in brokers.keys { brokers[id]?.inFlight = 0 }
    }

    private subscript(_ id: Int32) -> Broker {
        get { brokers[id] ?? Broker(backoff: backoff) }
        set { brokers[id] = newValue }
    }
}
