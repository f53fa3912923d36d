internal import ArgumentParser

/// How large a load's records are: `BYTES`, or evenly spread over `FROM-TO`.
struct RecordSizes: Equatable, Sendable {
    let range: ClosedRange<Int>

    init(_ range: ClosedRange<Int>) {
        self.range = range
    }

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        switch parts.count {
        case 1:
            guard let size = parts[0], size >= 0 else { return nil }
            self.init(size...size)
        case 2:
            guard let from = parts[0], let to = parts[1], from >= 0, from <= to else { return nil }
            self.init(from...to)
        default: return nil
        }
    }

    @inline(__always)
    func next(_ numbers: inout SeededNumbers) -> Int {
        range.lowerBound == range.upperBound
            ? range.lowerBound : Int.random(in: range, using: &numbers)
    }
}

extension RecordSizes: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }

    var defaultValueDescription: String {
        range.lowerBound == range.upperBound
            ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
}
