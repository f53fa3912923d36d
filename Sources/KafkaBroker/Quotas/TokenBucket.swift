/// Tokens that come back with time, with the arithmetic of Kafka's `TokenBucket`: for what comes in
/// bursts.
struct TokenBucket: Sendable {
    private var tokens: Double
    private var updatedMs: Int64

    /// Full.
    init(bound: Double, nowMs: Int64, _ windows: QuotaWindows) {
        tokens = TokenBucket.burst(bound, windows)
        updatedMs = nowMs
    }

    private static func burst(_ bound: Double, _ windows: QuotaWindows) -> Double {
        Double(windows.count) * Double(windows.sizeMs) / 1000 * bound
    }

    private mutating func refill(bound: Double, nowMs: Int64, _ windows: QuotaWindows) {
        let seconds = Double(max(0, nowMs - updatedMs)) / 1000
        tokens = min(TokenBucket.burst(bound, windows), tokens + bound * seconds)
        updatedMs = nowMs
    }

    /// How long to wait until there are tokens again, in ms; 0 when there are.
    mutating func throttleMs(
        bound: Double, nowMs: Int64, _ windows: QuotaWindows
    ) -> Int64 {
        refill(bound: bound, nowMs: nowMs, windows)
        return tokens < 0 ? ThrottleTime.ms(-tokens / bound * 1000) : 0
    }

    /// Takes tokens, also more than there are.
    mutating func take(
        _ count: Double, bound: Double, nowMs: Int64, _ windows: QuotaWindows
    ) {
        refill(bound: bound, nowMs: nowMs, windows)
        tokens -= count
    }
}
