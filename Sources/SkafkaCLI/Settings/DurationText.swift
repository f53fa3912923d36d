internal import ArgumentParser

/// A span of time as people write it: `10s`, `500ms`, `1h30m`, `2d`.
struct DurationText: Equatable, Sendable {
    var milliseconds: Int64

    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ("w", 7 * 86_400_000),
    ]

    /// - Returns: nil when it is not a number (with fraction) and unit, or several of them, or
    ///   does not fit.
    init?(_ text: some StringProtocol) {
        if text == "0" {
            milliseconds = 0
            return
        }
        var rest = Substring(text)
        var total: Double = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest[digits.endIndex...]
            let suffix = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest[suffix.endIndex...]
            guard let number = Double(digits),
                let unit = DurationText.units.first(where: { $0.suffix == suffix })
            else { return nil }
            total += number * Double(unit.milliseconds)
        }
        guard total < 9e18, let value = Int64(exactly: total.rounded()) else { return nil }
        milliseconds = value
    }

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// For protocol fields of 32 bits.
    var clampedMilliseconds: Int { Int(min(milliseconds, Int64(Int32.max))) }
}

extension DurationText: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }

    var defaultValueDescription: String { description }
}

extension DurationText: CustomStringConvertible {
    var description: String {
        for unit in DurationText.units.reversed()
        where milliseconds != 0 && milliseconds % unit.milliseconds == 0 && unit.suffix != "w" {
            return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
        }
        return "0"
    }
}
