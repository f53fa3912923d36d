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
        if UTF8Check.isValid(bytes) {
            append(bytes, escapes: LineEscapes.self)
        } else {
            append(bytes, escapes: BinaryLineEscapes.self)
        }
    }
}
