/// One line of the log on standard error. What clients sent may stand in it: nothing of that ends
/// the line or begins another field.
struct LogLine {
    enum Form: Sendable {
        /// `skafka: LEVEL: message key=value`
        case plain
        /// The same behind the time, for what runs long.
        case timed
        /// `{"time":"…","level":"…","message":"…","key":"value"}`
        case json
    }

    var timeMs: Int64
    /// Its name.
    var level: String
    var message: String
    /// In the order of their names.
    var fields: [(name: String, value: String)]

    func append(to output: OutputBuffer, as form: Form) {
        guard form != .json else { return appendJSON(to: output) }
        if form == .timed {
            output.append(CivilTime.rfc3339(timeMs))
            output.append(UInt8(ascii: " "))
        }
        output.append("skafka: " as StaticString)
        output.append(level)
        output.append(": " as StaticString)
        append(escaped: message, to: output)
        for field in fields {
            output.append(UInt8(ascii: " "))
            append(escaped: field.name, to: output)
            output.append(UInt8(ascii: "="))
            if LogLine.needsQuotes(field.value) {
                JSONText.append(field.value, to: output)
            } else {
                output.append(field.value)
            }
        }
        output.append(UInt8(ascii: "\n"))
    }

    private func appendJSON(to output: OutputBuffer) {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("time", CivilTime.rfc3339(timeMs))
        json.field("level", level)
        json.field("message", message)
        for field in fields {
            json.name(escaping: field.name)
            json.string(field.value)
        }
        json.endObject()
        json.endLine()
    }

    private func append(escaped text: String, to output: OutputBuffer) {
        var text = text
        text.withUTF8 { output.appendEscaped(UnsafeRawBufferPointer($0)) }
    }

    private static func needsQuotes(_ value: String) -> Bool {
        value.isEmpty
            || value.utf8.contains {
                $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "=")
            }
    }
}
