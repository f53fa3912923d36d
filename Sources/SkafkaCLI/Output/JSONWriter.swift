/// Writes JSON to an output buffer, piece by piece, without a tree in memory.
///
/// The caller keeps the order of calls right; commas are put here. A trivial value: make one where
/// it is needed.
struct JSONWriter {
    let output: OutputBuffer
    /// Whether the next element needs a comma in front.
    private var needsComma = false

    init(_ output: OutputBuffer) {
        self.output = output
    }

    mutating func beginObject() { open(UInt8(ascii: "{")) }
    mutating func endObject() { close(UInt8(ascii: "}")) }
    mutating func beginArray() { open(UInt8(ascii: "[")) }
    mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A field's name; the value follows.
    mutating func name(_ name: StaticString) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(name)
        output.append("\":" as StaticString)
        needsComma = false
    }

    /// A field's name that may need escapes.
    mutating func name(escaping name: String) {
        separate()
        JSONText.append(name, to: output)
        output.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func string(_ value: String) {
        separate()
        JSONText.append(value, to: output)
        needsComma = true
    }

    mutating func integer(_ value: some BinaryInteger) {
        separate()
        if let small = Int64(exactly: value) {
            output.append(decimal: small)
        } else {
            output.append(String(value))
        }
        needsComma = true
    }

    mutating func bool(_ value: Bool) {
        separate()
        output.append(value ? "true" as StaticString : "false")
        needsComma = true
    }

    mutating func null() {
        separate()
        output.append("null" as StaticString)
        needsComma = true
    }

    /// A value that the caller appends to the output itself.
    mutating func value(_ append: (OutputBuffer) -> Void) {
        separate()
        append(output)
        needsComma = true
    }

    /// Ends a line of JSON Lines, or the document.
    mutating func endLine() {
        output.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        output.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        output.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { output.append(UInt8(ascii: ",")) }
        needsComma = false
    }
}

extension JSONWriter {
    mutating func field(_ name: StaticString, _ value: String) {
        self.name(name)
        string(value)
    }

    mutating func field(_ name: StaticString, _ value: some BinaryInteger) {
        self.name(name)
        integer(value)
    }

    mutating func field(_ name: StaticString, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    mutating func field(_ name: StaticString, _ value: String?) {
        self.name(name)
        if let value { string(value) } else { null() }
    }

    mutating func nullField(_ name: StaticString) {
        self.name(name)
        null()
    }
}
