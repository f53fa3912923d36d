internal import DequeModule
internal import KafkaBase
internal import KafkaWire
internal import NIOCore

/// What a client's connection knows, without its channel: it takes events and returns what is to
/// be done.
///
/// `Waiter` is whoever waits for an answer. Confined to the connection's event loop. Bounded by
/// `maxPendingRequests`. A broker answers in the order of requests, so the pending ones form a
/// queue, and an answer that is not for its head ends the connection.
struct ClientConnectionState<Waiter>: ~Copyable {
    struct Pending {
        var correlationID: Int32
        var key: ApiKey
        var version: Int16
        var deadline: NIODeadline
        var timeoutMs: Int
        var waiter: Waiter
    }

    /// Why the connection ended, before the address is put to it.
    enum EndReason: Equatable {
        case closed(String)
        case timedOut(key: ApiKey, afterMs: Int)
        case invalidResponse(String)
        case refused(ErrorCode)
        case unsupported(ApiKey)
    }

    enum FrameAction {
        /// The versions are not known in that form: ask again.
        case negotiate(version: Int16, correlationID: Int32)
        case negotiated(ApiVersionRanges)
        /// The body behind the response's header.
        case answer(Pending, WireReader)
        case end(EndReason)
    }

    private enum Phase {
        case negotiating(version: Int16, correlationID: Int32)
        /// Before the first request, or again in between: other requests are held back, for the
        /// broker takes nothing else then (KIP-368).
        case authenticating
        case ready
        case ended
    }

    /// Asked first: every broker since 2.4 knows it, and others answer with what they know.
    static var firstApiVersionsVersion: Int16 { 3 }

    private var phase = Phase.ended
    private(set) var pending = Deque<Pending>()
    let maxPendingRequests: Int
    private let authenticates: Bool
    private var heldCount = 0
    /// Whether a request was answered: then the broker is content with how it is spoken to.
    private var hasAnswered = false

    /// - Parameter authenticates: whether authentication comes before the first request.
    init(maxPendingRequests: Int, authenticates: Bool = false) {
        self.maxPendingRequests = maxPendingRequests
        self.authenticates = authenticates
    }

    /// The channel stands: the version of ApiVersions to ask with.
    mutating func connected(correlationID: Int32) -> Int16 {
        phase = .negotiating(
            version: Self.firstApiVersionsVersion, correlationID: correlationID)
        return Self.firstApiVersionsVersion
    }

    enum SendAction: Equatable {
        case write
        /// To be given again when the authentication is over.
        case hold
        case refuseTooMany
        case refuseClosed
    }

    /// A request is to be written.
    mutating func send(_ request: Pending) -> SendAction {
        let action = sendWithoutAnswer()
        if action == .write { pending.append(request) }
        return action
    }

    /// A request that gets no answer is to be written.
    mutating func sendWithoutAnswer() -> SendAction {
        switch phase {
        case .negotiating, .ended: return .refuseClosed
        case .authenticating, .ready:
            guard pending.count + heldCount < maxPendingRequests else { return .refuseTooMany }
            if case .ready = phase { return .write }
            heldCount += 1
            return .hold
        }
    }

    /// Whether the broker has said what it serves.
    var isNegotiated: Bool {
        switch phase {
        case .negotiating: false
        case .authenticating, .ready, .ended: true
        }
    }

    // MARK: Authentication

    /// An established connection is to authenticate again.
    ///
    /// - Returns: whether it is to begin now.
    mutating func beginAuthentication() -> Bool {
        guard case .ready = phase else { return false }
        phase = .authenticating
        return true
    }

    /// A request of the authentication itself is to be written.
    mutating func sendAuthentication(_ request: Pending) -> SendAction {
        guard case .authenticating = phase else { return .refuseClosed }
        pending.append(request)
        return .write
    }

    /// What was held back is to be given again.
    mutating func authenticated() {
        guard case .authenticating = phase else { return }
        phase = .ready
        heldCount = 0
    }

    /// A frame arrived.
    mutating func received(_ frame: ByteBuffer, nextCorrelationID: Int32) -> FrameAction {
        var reader = WireReader(frame, toleratesNull: true)
        switch phase {
        case .negotiating(let version, let expected):
            return negotiate(&reader, version, expected, nextCorrelationID)
        case .authenticating, .ready:
            guard let head = pending.popFirst() else {
                return end(.invalidResponse("a response that nobody asked for"))
            }
            do {
                let headerVersion = head.key.responseHeaderVersion(for: head.version)
                let header = try ResponseHeader(from: &reader, version: headerVersion)
                guard header.correlationId == head.correlationID else {
                    pending.prepend(head)
                    return end(.invalidResponse("response out of order"))
                }
            } catch {
                pending.prepend(head)
                return end(.invalidResponse("header: \(error)"))
            }
            if case .ready = phase { hasAnswered = true }
            return .answer(head, reader)
        case .ended:
            return .end(.closed("ended"))
        }
    }

    private mutating func negotiate(
        _ reader: inout WireReader, _ version: Int16, _ expected: Int32, _ nextCorrelationID: Int32
    ) -> FrameAction {
        do {
            let header = try ResponseHeader(from: &reader, version: 0)
            guard header.correlationId == expected else {
                return end(.invalidResponse("response out of order"))
            }
            // An answer that refuses the version has the form of version 0 and lists what there is
            // (KIP-511). One that does not (librdkafka's mock broker) is asked with version 0.
            let code = ErrorCode(rawValue: Int16(bitPattern: try peekCode(reader)))
            if code == .unsupportedVersion, version > 0 {
                let listed = try? ApiVersionsResponse(from: &reader, version: 0)
                let range = listed.flatMap { ApiVersionRanges($0)[.apiVersions] }
                let next = max(0, min(range?.upperBound ?? 0, version - 1))
                phase = .negotiating(version: next, correlationID: nextCorrelationID)
                return .negotiate(version: next, correlationID: nextCorrelationID)
            }
            guard code == .none else { return end(.refused(code)) }
            let response = try ApiVersionsResponse(from: &reader, version: version)
            phase = authenticates ? .authenticating : .ready
            return .negotiated(ApiVersionRanges(response))
        } catch {
            return end(.invalidResponse("ApiVersions: \(error)"))
        }
    }

    private func peekCode(_ reader: WireReader) throws(WireError) -> UInt16 {
        var copy = reader
        return try copy.readInteger()
    }

    private mutating func end(_ reason: EndReason) -> FrameAction {
        phase = .ended
        return .end(reason)
    }

    /// The earliest time at which `expired` may find something.
    var nextDeadline: NIODeadline? {
        pending.lazy.map(\.deadline).min()
    }

    /// A request whose time is up. Those behind it cannot be answered before it, so the connection
    /// is to be closed (as Java's client does).
    func expired(now: NIODeadline) -> EndReason? {
        guard let late = pending.first(where: { $0.deadline <= now }) else { return nil }
        return .timedOut(key: late.key, afterMs: late.timeoutMs)
    }

    /// What may be behind it when the broker closes the connection now.
    enum CloseCause: Equatable {
        /// Before it answered anything at all.
        case beforeFirstAnswer
        /// Upon the first request.
        case atFirstRequest
        case unknown
    }

    var closeCause: CloseCause {
        switch phase {
        case .negotiating: .beforeFirstAnswer
        case .ready where !hasAnswered && !pending.isEmpty: .atFirstRequest
        case .authenticating, .ready, .ended: .unknown
        }
    }

    /// The channel is gone: everyone who waits is to be told.
    mutating func ended() -> [Pending] {
        phase = .ended
        defer { pending.removeAll() }
        return Array(pending)
    }
}
