import DequeModule

/// The requests of one connection between arrival and reply: replies leave in the order of the
/// requests (as the protocol demands), and no more is taken in than the limits allow.
///
/// A synchronous state machine; its connection owns it and executes what `next` says.
struct RequestPipeline {
    /// What one connection may have under way.
    struct Limits: Sendable {
        /// Requests without a reply yet.
        var maxRequests = 128
        /// Bytes of such requests. One request alone may be larger.
        var maxBytes = 32 << 20
    }

    struct RequestID: Hashable, Sendable {
        fileprivate var number: UInt64
    }

    private struct Slot {
        var sizeBytes: Int
        /// For who counts requests.
        var mark: LoopCounters.Mark?
        var reply: ServerReply?
    }

    private let limits: Limits
    /// Requests in the order of their arrival; the first has the number `firstNumber`.
    private var slots: Deque<Slot> = []
    private var firstNumber: UInt64 = 0
    /// Bytes of the requests that have no reply yet.
    private(set) var unansweredBytes = 0
    private(set) var unansweredCount = 0
    /// A reply has closed the connection: nothing goes in or out any more.
    private(set) var isClosed = false

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether all replies have left.
    var isEmpty: Bool { slots.isEmpty }

    /// Whether a request of this size may come in.
    func admits(sizeBytes: Int) -> Bool {
        guard !isClosed else { return false }
        // Slots, not unanswered ones: replies that wait behind a slow one take memory as well.
        guard !slots.isEmpty else { return true }
        return slots.count < limits.maxRequests && unansweredBytes + sizeBytes <= limits.maxBytes
    }

    /// Takes a request in.
    mutating func begin(sizeBytes: Int, mark: LoopCounters.Mark? = nil) -> RequestID {
        slots.append(Slot(sizeBytes: sizeBytes, mark: mark))
        unansweredBytes += sizeBytes
        unansweredCount += 1
        return RequestID(number: firstNumber + UInt64(slots.count - 1))
    }

    /// What `begin` was given, for a request without a reply yet; nil once the connection has been
    /// closed.
    func mark(of id: RequestID) -> LoopCounters.Mark? {
        isClosed ? nil : slots[Int(id.number - firstNumber)].mark
    }

    /// Notes a request's reply.
    ///
    /// - Returns: the request's size in bytes, which are free now; nil when the connection has been
    ///   closed meanwhile.
    mutating func complete(_ id: RequestID, _ reply: ServerReply) -> Int? {
        guard !isClosed else { return nil }
        let index = Int(id.number - firstNumber)
        precondition(slots[index].reply == nil, "a request was answered twice")
        slots[index].reply = reply
        unansweredBytes -= slots[index].sizeBytes
        unansweredCount -= 1
        return slots[index].sizeBytes
    }

    /// The next reply to be sent, when the oldest request has one; nil otherwise. Replies that
    /// send nothing are passed over. Behind a closing reply nothing comes any more: `close` is
    /// to be called then.
    mutating func next() -> ServerReply? {
        while let reply = slots.first?.reply {
            slots.removeFirst()
            firstNumber += 1
            switch reply {
            case .nothing: continue
            case .message: return reply
            case .close, .last:
                // The bytes of those behind it stay counted until `close` gives them back.
                isClosed = true
                slots = []
                return reply
            }
        }
        return nil
    }

    /// Forgets everything: the connection is gone.
    ///
    /// - Returns: bytes of the requests that had no reply yet.
    @discardableResult
    mutating func close() -> Int {
        let bytes = unansweredBytes
        isClosed = true
        slots = []
        unansweredBytes = 0
        unansweredCount = 0
        return bytes
    }
}
