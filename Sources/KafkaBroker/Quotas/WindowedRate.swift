/// A rate over the last windows of time, with the arithmetic of Kafka's `Rate` and `SampledStat`:
/// a synchronous value with a given clock.
struct WindowedRate: Sendable {
    private struct Sample {
        var value = 0.0
        var startMs: Int64
        var lastMs: Int64
    }

    /// The last is the one in which values are counted.
    private var samples: [Sample] = []

    /// Counts a value; a negative one takes back what was counted before.
    mutating func record(_ value: Double, nowMs: Int64, _ windows: QuotaWindows) {
        if samples.isEmpty || nowMs - samples[samples.count - 1].startMs >= windows.sizeMs {
            // One more than there are windows: the oldest may reach into the first of them.
            if samples.count > windows.count { samples.removeFirst() }
            samples.append(Sample(startMs: nowMs, lastMs: nowMs))
        }
        samples[samples.count - 1].value += value
        samples[samples.count - 1].lastMs = nowMs
    }

    /// The rate per second, and the ms over which it is taken.
    mutating func measure(
        nowMs: Int64, _ windows: QuotaWindows
    ) -> (perSecond: Double, overMs: Int64) {
        let expiredMs = Int64(windows.count) * windows.sizeMs
        samples.removeAll { nowMs - $0.lastMs >= expiredMs }
        let sum = samples.reduce(0) { $0 + $1.value }
        var elapsedMs = nowMs - (samples.first?.startMs ?? nowMs)
        // As if the windows had been there that would be with more time: a first request is not
        // taken for a high rate.
        let missing = Int64(windows.count - 1) - elapsedMs / windows.sizeMs
        if missing > 0 { elapsedMs += missing * windows.sizeMs }
        elapsedMs = max(1, elapsedMs)
        return (sum / (Double(elapsedMs) / 1000), elapsedMs)
    }

    /// How long to wait until the rate is down at the bound again, in ms; 0 when it is not above
    /// (Kafka's `QuotaUtils.throttleTime`).
    mutating func throttleMs(bound: Double, nowMs: Int64, _ windows: QuotaWindows) -> Int64 {
        let rate = measure(nowMs: nowMs, windows)
        guard rate.perSecond > bound else { return 0 }
        return ThrottleTime.ms((rate.perSecond - bound) / bound * Double(rate.overMs))
    }
}
