/// A number in a key or value, as Java's serializers write it: of a fixed width, the highest byte
/// first.
enum NumberDecoding: String, CaseIterable, Sendable {
    case bool, int16, int32, int64, float32, float64

    var byteCount: Int {
        switch self {
        case .bool: 1
        case .int16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }

    /// The number as Java's `toString` has it; nil where the bytes are none.
    func text(of bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count == byteCount else { return nil }
        let bits = bytes.reduce(into: UInt64(0)) { $0 = $0 << 8 | UInt64($1) }
        return switch self {
        case .bool: bits > 1 ? nil : bits == 1 ? "true" : "false"
        case .int16: "\(Int16(truncatingIfNeeded: bits))"
        case .int32: "\(Int32(truncatingIfNeeded: bits))"
        case .int64: "\(Int64(truncatingIfNeeded: bits))"
        case .float32:
            NumberDecoding.java("\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))")
        case .float64: NumberDecoding.java("\(Double(bitPattern: bits))")
        }
    }

    /// Appends the bytes of a number that is written as `text(of:)` has it.
    ///
    /// - Returns: false when the text is no such number.
    func append(_ text: String, to bytes: inout [UInt8]) -> Bool {
        let bits: UInt64? =
            switch self {
            case .bool: text == "true" ? 1 : text == "false" ? 0 : nil
            case .int16: Int16(text).map { UInt64(UInt16(bitPattern: $0)) }
            case .int32: Int32(text).map { UInt64(UInt32(bitPattern: $0)) }
            case .int64: Int64(text).map { UInt64(bitPattern: $0) }
            case .float32: Float(text).map { UInt64($0.bitPattern) }
            case .float64: Double(text).map(\.bitPattern)
            }
        guard let bits else { return false }
        for position in (0..<byteCount).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * position)))
        }
        return true
    }

    /// Both write the fewest digits that are read back as the same number. Java writes plain
    /// decimals from a thousandth to ten millions, and else `1.0E10`.
    private static func java(_ text: String) -> String {
        switch text {
        case "nan", "-nan": return "NaN"
        case "inf": return "Infinity"
        case "-inf": return "-Infinity"
        case "0.0", "-0.0": return text
        default: break
        }
        let sign = text.hasPrefix("-") ? "-" : ""
        let halves = text.dropFirst(sign.count).split(separator: "e")
        let parts = halves[0].split(separator: ".")
        let fraction = parts.count == 2 ? parts[1] : ""
        // The digits, and where the point stands behind the first of them.
        var digits = Substring(parts[0] + fraction)
        var exponent = parts[0].count - 1 + (halves.count == 2 ? Int(halves[1]) ?? 0 : 0)
        while digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        if (-3...6).contains(exponent) { return sign + plain(digits, exponent) }
        let rest = digits.dropFirst()
        return "\(sign)\(digits.prefix(1)).\(rest.isEmpty ? "0" : rest)E\(exponent)"
    }

    private static func plain(_ digits: Substring, _ exponent: Int) -> String {
        guard exponent >= 0 else {
            return "0." + String(repeating: "0", count: -exponent - 1) + digits
        }
        let whole = digits.prefix(exponent + 1)
        let rest = digits.dropFirst(exponent + 1)
        let zeros = String(repeating: "0", count: exponent + 1 - whole.count)
        return "\(whole)\(zeros).\(rest.isEmpty ? "0" : rest)"
    }
}
