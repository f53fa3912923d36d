internal import Histogram

/// How often each latency was seen, to three significant digits, from a microsecond to an hour.
///
/// A value, its owner's alone. Takes 190 KB, however many are counted.
struct LatencyHistogram: Sendable {
    private static let highestMicros: UInt64 = 3_600_000_000

    private var counts = Histogram<UInt64>(
        highestTrackableValue: LatencyHistogram.highestMicros,
        numberOfSignificantValueDigits: .three)

    mutating func add(nanoseconds: UInt64, count: Int = 1) {
        let rounded = nanoseconds / 1000 + (nanoseconds % 1000 < 500 ? 0 : 1)
        let micros = min(max(1, rounded), LatencyHistogram.highestMicros)
        counts.record(micros, count: UInt64(max(0, count)))
    }

    mutating func add(_ other: LatencyHistogram) {
        counts.add(other.counts)
    }

    var count: Int { Int(counts.totalCount) }

    /// In microseconds; 0 when nothing was counted.
    func percentile(_ percent: Double) -> Int {
        Int(min(counts.valueAtPercentile(percent), counts.maxRecorded))
    }

    var maxMicros: Int { count == 0 ? 0 : Int(counts.maxRecorded) }
    var meanMicros: Int { count == 0 ? 0 : Int(counts.mean.rounded()) }

    /// How many lay above the bar before and not above `upToMicros`.
    struct Bar: Equatable, Sendable {
        var upToMicros: Int
        var count: Int
    }

    /// Bars at 1, 2 and 5 times the powers of ten, from the first that has something to the last.
    var bars: [Bar] {
        var bars: [Bar] = []
        var below = 0
        for bound in LatencyHistogram.bounds {
            let upTo = Int(counts.count(within: 0...UInt64(bound)))
            if upTo > 0 { bars.append(Bar(upToMicros: bound, count: upTo - below)) }
            below = upTo
            if upTo == count { break }
        }
        return bars
    }

    private static var bounds: [Int] {
        (0...9).flatMap { power in
            let unit = (0..<power).reduce(1) { unit, _ in unit * 10 }
            return [unit, 2 * unit, 5 * unit]
        }
    }
}
