/// A set of Unicode scalars, as ranges in order that neither touch nor overlap. A value.
struct ScalarSet: Sendable, Hashable {
    static let maxScalar: UInt32 = 0x10FFFF
    static let all = ScalarSet(sorted: [0...maxScalar])
    static let newline = ScalarSet("\n")

    private(set) var ranges: [ClosedRange<UInt32>]

    init() {
        ranges = []
    }

    /// - Parameter sorted: in order, and apart from each other.
    private init(sorted: [ClosedRange<UInt32>]) {
        ranges = sorted
    }

    /// Of ranges in any order.
    init(_ ranges: some Sequence<ClosedRange<UInt32>>) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard let last = self.ranges.last, range.lowerBound <= last.upperBound + 1 else {
                self.ranges.append(range)
                continue
            }
            self.ranges[self.ranges.count - 1] =
                last.lowerBound...max(last.upperBound, range.upperBound)
        }
    }

    init(_ scalar: Unicode.Scalar) {
        ranges = [scalar.value...scalar.value]
    }

    init(_ scalars: String) {
        self.init(scalars.unicodeScalars.map { $0.value...$0.value })
    }

    init(_ range: ClosedRange<Unicode.Scalar>) {
        ranges = [range.lowerBound.value...range.upperBound.value]
    }

    /// The only member, where there is just one.
    var single: Unicode.Scalar? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return Unicode.Scalar(ranges[0].lowerBound)
    }

    func contains(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= scalar
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    var inverted: ScalarSet {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if next < range.lowerBound { result.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= ScalarSet.maxScalar { result.append(next...ScalarSet.maxScalar) }
        return ScalarSet(sorted: result)
    }

    /// With every letter in all its cases.
    var caseFolded: ScalarSet { union(ScalarSet(CaseVariants.all.of(self))) }
}
