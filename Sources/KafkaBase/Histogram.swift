/// How many values lay below each of some bounds, and their sum, as Prometheus has histograms.
///
/// A value, its owner's alone; counting allocates nothing, and takes as long as a look at some of
/// the bounds. Values are whole numbers: microseconds, or bytes.
public struct Histogram: Sendable, Equatable {
    /// Rising upper bounds, each of them inclusive.
    public let bounds: [Int]
    /// Of values up to each bound and above the one before; the last one above all bounds.
    public private(set) var counts: [Int]
    public private(set) var sum = 0

    public init(bounds: [Int]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    /// For times in microseconds: from 100 µs to 60 s.
    public static let latencyBounds = [
        100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 60_000_000,
    ]

    /// For sizes in bytes: from 64 B to 64 MiB.
    public static let sizeBounds = (3...13).map { 1 << (2 * $0) }

    public var count: Int { counts.reduce(0, +) }

    public mutating func add(_ value: Int) {
        var index = 0
        while index < bounds.count, bounds[index] < value { index += 1 }
        counts[index] += 1
        sum &+= value
    }

    /// Adds what another one with the same bounds has counted.
    public mutating func add(_ other: Histogram) {
        precondition(bounds == other.bounds)
        for index in counts.indices { counts[index] += other.counts[index] }
        sum &+= other.sum
    }
}
