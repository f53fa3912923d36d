/// A span of time of ISO 8601 as Java's `Duration` reads it: `P1DT2H30M`, `PT90M`, `PT0.5S`; weeks
/// (`P2W`) too.
enum ISODuration {
    /// - Returns: nil when it is none, or does not fit.
    static func milliseconds(of text: some StringProtocol) -> Int64? {
        var rest = text.uppercased()[...]
        guard rest.popFirst() == "P", !rest.isEmpty else { return nil }
        var total: Double = 0
        var units: [(suffix: Character, milliseconds: Double)] = [
            ("W", 604_800_000), ("D", 86_400_000),
        ]
        var isTime = false
        while !rest.isEmpty {
            if !isTime, rest.first == "T" {
                isTime = true
                rest.removeFirst()
                units = [("H", 3_600_000), ("M", 60_000), ("S", 1000)]
                if rest.isEmpty { return nil }
            }
            let sign = rest.first == "-" || rest.first == "+" ? rest.removeFirst() : "+"
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest[digits.endIndex...]
            // Each unit once, the largest first; a fraction of seconds only.
            guard let suffix = rest.popFirst(),
                let index = units.firstIndex(where: { $0.suffix == suffix }),
                let number = Double(digits), suffix == "S" || !digits.contains(".")
            else { return nil }
            total += (sign == "-" ? -number : number) * units[index].milliseconds
            units.removeFirst(index + 1)
        }
        guard abs(total) < 9e18 else { return nil }
        return Int64(exactly: total.rounded())
    }
}
