/// JSON strings (RFC 8259).
enum JSONText {
    /// Appends a string with its quotes.
    static func append(_ text: String, to output: OutputBuffer) {
        var text = text
        text.withUTF8 { append(utf8: UnsafeRawBufferPointer($0), to: output) }
    }

    /// Appends a string with its quotes. The bytes must be UTF-8.
    static func append(utf8 bytes: UnsafeRawBufferPointer, to output: OutputBuffer) {
        output.append(UInt8(ascii: "\""))
        output.append(bytes, escapes: JSONEscapes.self)
        output.append(UInt8(ascii: "\""))
    }
}
