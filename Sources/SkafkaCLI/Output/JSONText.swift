/// JSON strings (RFC 8259).
enum JSONText {
    /// Appends a string with its quotes.
    static func append(
        _ text: String, to output: OutputBuffer,
        hexadecimal digit: (UInt8) -> UInt8 = HexText.digit
    ) {
        var text = text
        text.withUTF8 {
            append(utf8: UnsafeRawBufferPointer($0), to: output, hexadecimal: digit)
        }
    }

    /// Appends a string with its quotes. The bytes must be UTF-8.
    ///
    /// - Parameter digit: writes the digits of control characters' escapes.
    static func append(
        utf8 bytes: UnsafeRawBufferPointer, to output: OutputBuffer,
        hexadecimal digit: (UInt8) -> UInt8 = HexText.digit
    ) {
        output.append(UInt8(ascii: "\""))
        var start = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            output.append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            appendEscape(byte, to: output, hexadecimal: digit)
            start = index + 1
        }
        output.append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        output.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(
        _ byte: UInt8, to output: OutputBuffer, hexadecimal digit: (UInt8) -> UInt8
    ) {
        switch byte {
        case UInt8(ascii: "\""): output.append("\\\"" as StaticString)
        case UInt8(ascii: "\\"): output.append("\\\\" as StaticString)
        case 0x08: output.append("\\b" as StaticString)
        case 0x09: output.append("\\t" as StaticString)
        case 0x0A: output.append("\\n" as StaticString)
        case 0x0C: output.append("\\f" as StaticString)
        case 0x0D: output.append("\\r" as StaticString)
        default:
            output.append("\\u00" as StaticString)
            output.append(digit(byte >> 4))
            output.append(digit(byte & 15))
        }
    }
}

/// Hexadecimal, in lower case but where it says otherwise.
enum HexText {
    @inline(__always)
    static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }

    static func upperDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }

    /// The value of a digit in either case.
    @inline(__always)
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Appends what the digits stand for.
    ///
    /// - Returns: false when they are no pairs of digits.
    static func decode(_ text: UnsafeRawBufferPointer, into result: inout [UInt8]) -> Bool {
        guard text.count % 2 == 0 else { return false }
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = value(text[index]), let low = value(text[index + 1]) else {
                return false
            }
            result.append(high << 4 | low)
        }
        return true
    }
}
