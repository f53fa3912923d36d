internal import KafkaRecords

/// Parts of a record as Kafka's console consumer shows them (Java's `DefaultMessageFormatter`).
enum ConsoleText {
    static func appendTimestamp(_ record: RecordFields, to output: OutputBuffer) {
        guard record.timestamp >= 0 else {
            return output.append("NO_TIMESTAMP" as StaticString)
        }
        if record.isLogAppendTime {
            output.append("LogAppendTime:" as StaticString)
        } else {
            output.append("CreateTime:" as StaticString)
        }
        output.append(decimal: record.timestamp)
    }

    /// `a:b`, with the separator between them.
    static func append(
        _ headers: RecordHeaders?, separator: ArraySlice<UInt8>, null: [UInt8],
        to output: OutputBuffer
    ) {
        guard let headers, !headers.isEmpty else {
            return output.append("NO_HEADERS" as StaticString)
        }
        var isFirst = true
        headers.forEach { name, value in
            if !isFirst { separator.withUnsafeBytes { output.append($0) } }
            isFirst = false
            output.append(name)
            output.append(UInt8(ascii: ":"))
            if let value {
                output.append(value)
            } else {
                null.withUnsafeBytes { output.append($0) }
            }
        }
    }
}
