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
        case ready
        case ended
    }

    /// Asked first: every broker since 2.4 knows it, and others answer with what they know.
    static var firstApiVersionsVersion: Int16 { 3 }

    private var phase = Phase.ended
    private(set) var pending = Deque<Pending>()
    let maxPendingRequests: Int

    init(maxPendingRequests: Int) {
        self.maxPendingRequests = maxPendingRequests
    }

    /// The channel stands: the version of ApiVersions to ask with.
    mutating func connected(correlationID: Int32) -> Int16 {
        phase = .negotiating(
            version: Self.firstApiVersionsVersion, correlationID: correlationID)
        return Self.firstApiVersionsVersion
    }

    enum SendAction: Equatable {
        case write
        case refuseTooMany
        case refuseClosed
    }

    /// A request is to be written.
    mutating func send(_ request: Pending) -> SendAction {
        guard case .ready = phase else { return .refuseClosed }
        guard pending.count < maxPendingRequests else { return .refuseTooMany }
        pending.append(request)
        return .write
    }

    /// Whether a request that gets no answer may be written.
    var canWrite: Bool {
        if case .ready = phase { true } else { false }
    }

    /// A frame arrived.
    mutating func received(_ frame: ByteBuffer, nextCorrelationID: Int32) -> FrameAction {
        var reader = WireReader(frame)
        switch phase {
        case .negotiating(let version, let expected):
            return negotiate(&reader, version, expected, nextCorrelationID)
        case .ready:
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
            phase = .ready
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

    /// The channel is gone: everyone who waits is to be told.
    mutating func ended() -> [Pending] {
        phase = .ended
        defer { pending.removeAll() }
        return Array(pending)
    }
}
