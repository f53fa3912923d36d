internal import KafkaRecords

/// Writes records as JSON Lines, the form that `produce -J` reads back without loss.
struct RecordJSON: Sendable {
    var keyEncoding = ByteEncoding.utf8
    var valueEncoding = ByteEncoding.utf8

    /// One record and a newline.
    @inline(__always)
    func append(_ record: RecordFields, to output: OutputBuffer) {
        output.append("{\"topic\":\"" as StaticString)
        output.append(record.topic)
        output.append("\",\"partition\":" as StaticString)
        output.append(decimal: Int64(record.partition))
        output.append(",\"offset\":" as StaticString)
        output.append(decimal: record.offset)
        output.append(",\"timestamp\":" as StaticString)
        output.append(decimal: record.timestamp)
        if record.isLogAppendTime {
            output.append(",\"timestampType\":\"LogAppendTime\",\"headers\":" as StaticString)
        } else {
            output.append(",\"timestampType\":\"CreateTime\",\"headers\":" as StaticString)
        }
        RecordJSON.append(record.headers, to: output)
        if record.isControl { output.append(",\"control\":true" as StaticString) }
        output.append(",\"key\":" as StaticString)
        RecordJSON.append(
            record.key, keyEncoding, encodingField: ",\"keyEncoding\":\"", to: output)
        output.append(",\"value\":" as StaticString)
        RecordJSON.append(
            record.value, valueEncoding, encodingField: ",\"valueEncoding\":\"", to: output)
        output.append("}\n" as StaticString)
    }

    /// An array of objects, in their order, equal names kept.
    static func append(_ headers: RecordHeaders?, to output: OutputBuffer) {
        guard let headers, !headers.isEmpty else { return output.append("[]" as StaticString) }
        var separator: StaticString = "[{\"key\":"
        headers.forEach { name, value in
            output.append(separator)
            separator = ",{\"key\":"
            append(name, .utf8, encodingField: ",\"keyEncoding\":\"", to: output)
            output.append(",\"value\":" as StaticString)
            append(value, .utf8, encodingField: ",\"encoding\":\"", to: output)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "]"))
    }

    /// The bytes, and the field that names their encoding unless it is plain text.
    @inline(__always)
    static func append(
        _ bytes: UnsafeRawBufferPointer?, _ encoding: ByteEncoding, encodingField: StaticString,
        to output: OutputBuffer
    ) {
        guard let bytes else { return output.append("null" as StaticString) }
        switch encoding {
        case .hex:
            appendQuoted(to: output) { output.appendHex(bytes) }
            output.append(encodingField)
            output.append("hex\"" as StaticString)
        case .json where JSONScanner.isOneValue(bytes):
            appendNested(bytes, to: output)
            output.append(encodingField)
            output.append("json\"" as StaticString)
        case .utf8 where UTF8Check.isValid(bytes), .json where UTF8Check.isValid(bytes):
            JSONText.append(utf8: bytes, to: output)
        default:
            appendQuoted(to: output) { output.appendBase64(bytes) }
            output.append(encodingField)
            output.append("base64\"" as StaticString)
        }
    }

    private static func appendQuoted(to output: OutputBuffer, _ body: () -> Void) {
        output.append(UInt8(ascii: "\""))
        body()
        output.append(UInt8(ascii: "\""))
    }

    /// JSON as it is, but in one line: outside strings a newline is only a blank, and inside them
    /// none can stand.
    private static func appendNested(_ bytes: UnsafeRawBufferPointer, to output: OutputBuffer) {
        for byte in bytes { output.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte) }
    }
}
