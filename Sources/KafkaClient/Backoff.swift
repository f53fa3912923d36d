/// Waits that double from one repetition to the next, moved a little at random so that many
/// clients do not come back at the same moment (KIP-580).
struct Backoff: Sendable {
    let initialMs: Int
    let maxMs: Int
    private(set) var failures = 0

    init(initialMs: Int, maxMs: Int) {
        self.initialMs = initialMs
        self.maxMs = maxMs
    }

    /// The next wait in ms, within a fifth of its nominal length.
    mutating func nextMs(using generator: inout some RandomNumberGenerator) -> Int {
        let nominal = min(maxMs, initialMs << min(failures, 20))
        failures += 1
        let spread = nominal / 5
        return max(
            0, nominal + (spread > 0 ? Int.random(in: -spread...spread, using: &generator) : 0))
    }

    mutating func nextMs() -> Int {
        var generator = SystemRandomNumberGenerator()
        return nextMs(using: &generator)
    }

    mutating func reset() {
        failures = 0
    }
}
