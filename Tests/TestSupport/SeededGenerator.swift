/// Random numbers that a seed repeats (splitmix64). For tests only.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// How many seeds a simulated or fuzzed test goes through.
public enum Seeds {
    /// `0..<count` by default, `0..<SIM_SEEDS` where that is set, or the one seed in `SIM_SEED`, to
    /// run again what a failure printed.
    public static func range(_ count: Int) -> Range<UInt64> {
        let one = Fixtures.environment("SIM_SEED").flatMap(UInt64.init)
        if let one { return one..<(one + 1) }
        let wanted = Fixtures.environment("SIM_SEEDS").flatMap(UInt64.init)
        return 0..<(wanted ?? UInt64(count))
    }

    /// Runs `body` once a seed; what it throws names the seed.
    public static func run(
        _ count: Int, _ body: (UInt64, inout SeededGenerator) throws -> Void
    ) throws {
        for seed in range(count) {
            var generator = SeededGenerator(seed: seed)
            do {
                try body(seed, &generator)
            } catch {
                throw Failure(description: "SIM_SEED=\(seed): \(error)")
            }
        }
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }
}
