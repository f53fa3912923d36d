/// Numbers as people read them: three significant digits and a unit.
enum ScaledText {
    /// A number with a fixed count of decimals.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return "-" }
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        let scaled = (value.magnitude * factor).rounded()
        guard scaled < 9e18 else { return "\(value)" }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let whole = UInt64(scaled)
        guard decimals > 0 else { return "\(sign)\(whole)" }
        let (integer, fraction) = whole.quotientAndRemainder(dividingBy: UInt64(factor))
        let digits = String(fraction)
        let zeros = String(repeating: "0", count: decimals - digits.count)
        return "\(sign)\(integer).\(zeros)\(digits)"
    }

    /// `0`, `0.5`, `12.3`, `950`, `12.3k`, `4.56M`.
    static func count(_ value: Double) -> String {
        guard value.magnitude >= 999.5 else { return significant(value) }
        return scale(value, by: 1000, ["k", "M", "G", "T"])
    }

    /// In powers of 1024: `0 B`, `950 B`, `12.3 KiB`.
    static func bytes(_ value: Double) -> String {
        guard value.magnitude >= 1023.5 else { return fixed(value, decimals: 0) + " B" }
        return scale(value, by: 1024, [" KiB", " MiB", " GiB", " TiB", " PiB"])
    }

    /// A span of time, given in microseconds: `850 µs`, `1.23 ms`, `12.3 s`.
    static func micros(_ value: Int) -> String {
        switch value {
        case ..<1000: "\(value) µs"
        case ..<1_000_000: significant(Double(value) / 1000) + " ms"
        default: significant(Double(value) / 1_000_000) + " s"
        }
    }

    private static func scale(_ value: Double, by step: Double, _ units: [String]) -> String {
        var rest = value / step
        var unit = 0
        while rest.magnitude >= step - 0.5, unit < units.count - 1 {
            rest /= step
            unit += 1
        }
        return significant(rest) + units[unit]
    }

    /// Three digits at least; whole numbers stay whole.
    private static func significant(_ value: Double) -> String {
        let size = value.magnitude
        if size >= 99.95 || value == value.rounded() { return fixed(value, decimals: 0) }
        return fixed(value, decimals: size >= 9.995 ? 1 : 2)
    }
}
