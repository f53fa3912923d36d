/// Cells of rows that are written as they come, without strings in between.
extension OutputBuffer {
    func append(blanks count: Int) {
        for _ in 0..<max(count, 0) { append(UInt8(ascii: " ")) }
    }

    /// A number to the right of a column.
    func append(decimal value: Int64, width: Int) {
        var digits = value < 0 ? 2 : 1
        var rest = value.magnitude
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        append(blanks: width - digits)
        append(decimal: value)
    }

    /// Text to the left of a column; ASCII.
    func append(_ text: String, width: Int) {
        append(text)
        append(blanks: width - text.utf8.count)
    }

    /// Bytes as one line of text without tabs: `\t \n \r \\`, and `\xHH` for other control
    /// characters, and for all that is not ASCII where the whole is not UTF-8.
    func appendEscaped(_ bytes: UnsafeRawBufferPointer) {
        let isText = UTF8Check.isValid(bytes)
        var start = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\\")
            if isPlain || byte >= 0x80 && isText { continue }
            append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            appendEscape(byte)
            start = index + 1
        }
        append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    private func appendEscape(_ byte: UInt8) {
        switch byte {
        case 0x09: append("\\t" as StaticString)
        case 0x0A: append("\\n" as StaticString)
        case 0x0D: append("\\r" as StaticString)
        case UInt8(ascii: "\\"): append("\\\\" as StaticString)
        default: appendHexEscape(byte)
        }
    }

    private func appendHexEscape(_ byte: UInt8) {
        append("\\x" as StaticString)
        append(HexText.digit(byte >> 4))
        append(HexText.digit(byte & 15))
    }
}
