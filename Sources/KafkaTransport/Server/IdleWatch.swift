/// When a client that sends nothing is given up. Counts ticks, and so needs no clock: its
/// connection calls `tick` every `tickMs`.
struct IdleWatch {
    enum Verdict: Equatable {
        case keep
        /// The client has owed the rest of a request for too long, or taken no replies.
        case stalled
        /// Nothing has been asked for a long time.
        case idle
    }

    /// Without a byte of a request that has begun, whose memory is held, in ms.
    static let maxStallMs: Int64 = 30_000

    let tickMs: Int64
    private let stallTicks: Int64
    private let idleTicks: Int64
    private var quietTicks: Int64 = 0

    /// - Parameter maxIdleMs: negative for no bound.
    init(maxIdleMs: Int64) {
        let maxIdleMs = maxIdleMs < 0 ? .max : maxIdleMs
        tickMs = max(1, min(10_000, maxIdleMs))
        stallTicks = (IdleWatch.maxStallMs + tickMs - 1) / tickMs
        idleTicks = maxIdleMs / tickMs
    }

    /// The client has sent something, or can go on.
    mutating func noteActivity() { quietTicks = 0 }

    /// - Parameters:
    ///   - isOwed: the client has begun a request and not ended it, or must take the last replies.
    ///   - isBusy: the client waits for replies.
    mutating func tick(isOwed: Bool, isBusy: Bool) -> Verdict {
        quietTicks += 1
        // The first tick comes soon after the last activity: only those behind it are whole.
        if isOwed && quietTicks > stallTicks { return .stalled }
        return !isBusy && quietTicks > idleTicks ? .idle : .keep
    }
}
