/// The characters between which an expression makes a difference: each class is of scalars that all
/// its sets treat alike. A value.
struct PatternAlphabet: Sendable {
    /// Most ranges in all sets of an expression, and most classes.
    static let maxRanges = 100_000
    private static let maxClasses = 20_000

    /// Where intervals begin whose scalars are of one class; the first at 0.
    private let bounds: [UInt32]
    private let classes: [UInt16]
    /// The class of each ASCII character, which need not be looked for.
    let ascii: [UInt16]
    /// A scalar of each class.
    let samples: [UInt32]
    /// Behind a character of each class, as far as the program looks at it.
    let contexts: [PatternContext]

    var count: Int { samples.count }

    init(_ program: PatternProgram) throws(PatternError) {
        var sets = program.sets
        if program.looks.contains(.word) { sets.append(.word) }
        if program.looks.contains(.newline) { sets.append(.newline) }
        guard sets.reduce(0, { $0 + $1.ranges.count }) <= PatternAlphabet.maxRanges else {
            throw .tooLarge
        }
        let bounds = PatternAlphabet.bounds(sets)
        var partition = Partition(count: bounds.count)
        for set in sets { partition.refine(PatternAlphabet.intervals(set, bounds)) }
        guard partition.classCount <= PatternAlphabet.maxClasses else { throw .tooLarge }
        var samples = [UInt32](repeating: 0, count: partition.classCount)
        for (bound, number) in zip(bounds, partition.classes) { samples[number] = bound }
        let classes = partition.classes.map { UInt16($0) }
        self.bounds = bounds
        self.classes = classes
        self.samples = samples
        contexts = samples.map { PatternContext(behind: $0).intersection(program.looks) }
        ascii = (0..<128).map { classes[PatternAlphabet.interval(of: $0, bounds)] }
    }

    func classOf(_ scalar: UInt32) -> Int {
        Int(classes[PatternAlphabet.interval(of: scalar, bounds)])
    }

    private static func bounds(_ sets: [ScalarSet]) -> [UInt32] {
        var bounds: Set<UInt32> = [0]
        for range in sets.lazy.flatMap(\.ranges) {
            bounds.insert(range.lowerBound)
            if range.upperBound < ScalarSet.maxScalar { bounds.insert(range.upperBound + 1) }
        }
        return bounds.sorted()
    }

    /// The intervals that a set consists of.
    private static func intervals(_ set: ScalarSet, _ bounds: [UInt32]) -> [Int] {
        set.ranges.flatMap { range in
            interval(of: range.lowerBound, bounds)...interval(of: range.upperBound, bounds)
        }
    }

    private static func interval(of scalar: UInt32, _ bounds: [UInt32]) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] <= scalar { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}

/// Intervals in classes, which are split until each set consists of whole ones.
private struct Partition {
    private(set) var classes: [Int]
    private var sizes: [Int]

    var classCount: Int { sizes.count }

    init(count: Int) {
        classes = Array(repeating: 0, count: count)
        sizes = [count]
    }

    /// - Parameter intervals: of a set, each once.
    mutating func refine(_ intervals: [Int]) {
        var touched: [Int: Int] = [:]
        for interval in intervals { touched[classes[interval], default: 0] += 1 }
        var parts: [Int: Int] = [:]
        for (number, count) in touched where count < sizes[number] {
            parts[number] = sizes.count
            sizes[number] -= count
            sizes.append(count)
        }
        guard !parts.isEmpty else { return }
        for interval in intervals {
            if let part = parts[classes[interval]] { classes[interval] = part }
        }
    }
}
