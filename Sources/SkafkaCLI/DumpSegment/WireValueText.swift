internal import KafkaBase
internal import KafkaWire
internal import NIOCore

/// Writes decoded messages as JSON, the way Kafka's tools print it (Jackson's `ObjectNode`): on one
/// line, without blanks, bytes as base64, floating-point numbers in Java's form.
struct WireValueText {
    let output: OutputBuffer

    func append(_ fields: [WireField]) {
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        for field in fields {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            append(field.name)
            output.append(UInt8(ascii: ":"))
            append(field.value)
        }
        output.append(UInt8(ascii: "}"))
    }

    func append(_ value: WireValue) {
        switch value {
        case .null: output.append("null" as StaticString)
        case .bool(let value): output.append(value ? "true" as StaticString : "false")
        case .integer(let value): output.append(decimal: value)
        case .float64(let value): append(value)
        case .string(let text): append(text)
        case .uuid(let id): append(id.description)
        case .bytes(let buffer):
            output.append(UInt8(ascii: "\""))
            buffer.withUnsafeReadableBytes { output.append($0, as: .base64) }
            output.append(UInt8(ascii: "\""))
        case .array(let elements): append(elements)
        case .object(let fields): append(fields)
        }
    }

    private func append(_ elements: [WireValue]) {
        output.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            append(element)
        }
        output.append(UInt8(ascii: "]"))
    }

    /// Numbers that JSON cannot write stand between quotes.
    private func append(_ value: Double) {
        let text = JavaDouble.text(value)
        if value.isFinite { output.append(text) } else { append(text) }
    }

    func append(_ text: String) {
        var text = text
        output.append(UInt8(ascii: "\""))
        text.withUTF8 {
            output.append(UnsafeRawBufferPointer($0), escapes: JacksonEscapes.self)
        }
        output.append(UInt8(ascii: "\""))
    }
}

/// Of JSON strings, as Jackson writes them: the digits of control characters in upper case.
private enum JacksonEscapes: TextEscapes {
    static func marks(_ bytes: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> { JSONEscapes.marks(bytes) }
    static func isMarked(_ byte: UInt8) -> Bool { JSONEscapes.isMarked(byte) }

    static func put(_ byte: UInt8, to line: inout TextCursor) {
        switch byte {
        case 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x20...: JSONEscapes.put(byte, to: &line)
        default:
            line.put("\\u00")
            line.put(HexText.upperDigit(byte >> 4))
            line.put(HexText.upperDigit(byte & 15))
        }
    }
}

/// `Double.toString` of Java.
enum JavaDouble {
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
        let magnitude = value.magnitude
        let sign = value < 0 ? "-" : ""
        let (digits, exponent) = shortest(magnitude)
        if magnitude >= 1e-3, magnitude < 1e7 { return sign + plain(digits, exponent) }
        let fraction = digits.count > 1 ? String(digits.dropFirst()) : "0"
        return "\(sign)\(digits.prefix(1)).\(fraction)E\(exponent)"
    }

    /// The fewest digits that stand for the number, and the power of ten of the first of them.
    private static func shortest(_ value: Double) -> (digits: String, exponent: Int) {
        // Swift writes those digits as well, in one of two forms: 12.5 and 1.25e+30.
        let parts = value.description.split(separator: "e")
        let number = parts[0].split(separator: ".")
        let whole = String(number[0])
        let fraction = number.count > 1 && number[1] != "0" ? String(number[1]) : ""
        let all = whole + fraction
        let leadingZeros = all.prefix { $0 == "0" }.count
        var digits = String(all.dropFirst(leadingZeros))
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let written = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return (digits, written + whole.count - 1 - leadingZeros)
    }

    private static func plain(_ digits: String, _ exponent: Int) -> String {
        if exponent < 0 {
            return "0." + String(repeating: "0", count: -exponent - 1) + digits
        }
        let whole = exponent + 1
        if digits.count <= whole {
            return digits + String(repeating: "0", count: whole - digits.count) + ".0"
        }
        return "\(digits.prefix(whole)).\(digits.dropFirst(whole))"
    }
}
