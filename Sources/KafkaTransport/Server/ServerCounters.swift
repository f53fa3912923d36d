public import KafkaBase
import NIOCore

/// What the connections of a server came to, added up since its start.
public struct ServerCounters: Sendable, Equatable {
    /// Why a connection ended.
    public enum CloseReason: String, Sendable, CaseIterable {
        /// The client ended it.
        case client
        /// Nothing was asked for a long time (`connections.max.idle.ms`).
        case idle
        /// A request stopped in the middle, or replies were not taken.
        case stalled
        /// A request that cannot be served, or answered.
        case refused
        /// The socket failed.
        case error
        /// The server shut down.
        case shutdown
        /// There were too many already, or too many from the address in a short time.
        case limit
    }

    /// The requests of one API.
    public struct Api: Sendable, Equatable {
        public internal(set) var requestCount = 0
        /// From a request's last byte to its response's being ready, in microseconds.
        public internal(set) var latency = Histogram(bounds: Histogram.latencyBounds)
        public internal(set) var requestBytes = Histogram(bounds: Histogram.sizeBounds)
        public internal(set) var responseBytes = Histogram(bounds: Histogram.sizeBounds)
        /// Each one in a response counts.
        public internal(set) var errors: [ErrorCode: Int] = [:]

        mutating func add(_ other: Api) {
            requestCount += other.requestCount
            latency.add(other.latency)
            requestBytes.add(other.requestBytes)
            responseBytes.add(other.responseBytes)
            errors.merge(other.errors, uniquingKeysWith: +)
        }
    }

    /// API keys at or above count as one of them.
    public static let keyMax = 127

    /// By API key; nil where nothing came. The last one stands for all keys that are none.
    public internal(set) var apis = [Api?](repeating: nil, count: keyMax + 1)
    public internal(set) var openedCount = 0
    /// By `CloseReason`, in the order of its cases.
    public internal(set) var closedCounts = [Int](repeating: 0, count: CloseReason.allCases.count)

    public init() {}

    mutating func add(_ other: ServerCounters) {
        for (index, api) in other.apis.enumerated() {
            guard let api else { continue }
            if apis[index]?.add(api) == nil { apis[index] = api }
        }
        openedCount += other.openedCount
        for index in closedCounts.indices { closedCounts[index] += other.closedCounts[index] }
    }
}

/// Counts for the connections of one event loop: no lock, no atomic, and nothing allocated but for
/// the first request of an API and the first error of its kind.
///
/// Confined to the event loop.
final class LoopCounters: @unchecked Sendable {
    /// By itself in memory: what an array holds would be copied, for a look at it.
    private final class Cell {
        var api = ServerCounters.Api()
    }

    /// What a request is to be remembered by until its reply.
    struct Mark: Sendable {
        var key: Int
        var began: NIODeadline
    }

    private var cells = [Cell?](repeating: nil, count: ServerCounters.keyMax + 1)
    private var openedCount = 0
    private var closedCounts = [Int](
        repeating: 0, count: ServerCounters.CloseReason.allCases.count)

    /// As they are now.
    var counters: ServerCounters {
        var counters = ServerCounters()
        counters.apis = cells.map { $0?.api }
        counters.openedCount = openedCount
        counters.closedCounts = closedCounts
        return counters
    }

    /// Takes a request note of.
    func received(_ frame: ByteBuffer) -> Mark {
        let key = frame.getInteger(at: frame.readerIndex, as: UInt16.self) ?? .max
        let mark = Mark(key: min(Int(key), ServerCounters.keyMax), began: .now())
        let cell = cell(mark.key)
        cell.api.requestCount += 1
        cell.api.requestBytes.add(frame.readableBytes)
        return mark
    }

    private func cell(_ key: Int) -> Cell {
        if let cell = cells[key] { return cell }
        let cell = Cell()
        cells[key] = cell
        return cell
    }

    func answered(_ mark: Mark, _ reply: ServerReply) {
        let cell = cell(mark.key)
        cell.api.latency.add(Int((NIODeadline.now() - mark.began).nanoseconds / 1000))
        guard let writer = reply.response else { return }
        cell.api.responseBytes.add(writer.count)
        for code in writer.errors { cell.api.errors[code, default: 0] += 1 }
    }

    func opened() { openedCount += 1 }

    func closed(_ reason: ServerCounters.CloseReason) {
        guard let index = ServerCounters.CloseReason.allCases.firstIndex(of: reason) else { return }
        closedCounts[index] += 1
    }
}

/// The counters of all event loops that a server's connections live on.
///
/// Immutable; each event loop's counters are its own until somebody asks for the sum.
struct CountersByLoop: Sendable {
    private let loops: [(eventLoop: any EventLoop, counters: LoopCounters)]

    init(_ group: any EventLoopGroup) {
        loops = group.makeIterator().map { ($0, LoopCounters()) }
    }

    /// Nil for a loop of another group.
    func counters(of eventLoop: any EventLoop) -> LoopCounters? {
        loops.first { $0.eventLoop === eventLoop }?.counters
    }

    /// Blocks: not on an event loop.
    func sum() throws -> ServerCounters {
        var sum = ServerCounters()
        for (eventLoop, counters) in loops {
            sum.add(try eventLoop.submit { counters.counters }.wait())
        }
        return sum
    }
}
