internal import KafkaRecords

/// A record as `--plain` shows it: topic, partition, offset, timestamp, headers, key and value with
/// tabs between them. What would end a row or begin a cell is escaped (`\t \n \r \\`, `\xHH`); null
/// and what is empty are `-`, so that JSON alone is without loss.
struct RecordRow: Sendable {
    let keyEncoding: ByteEncoding
    let valueEncoding: ByteEncoding

    func append(_ record: RecordFields, to output: OutputBuffer) {
        output.append(record.topic)
        for number in [Int64(record.partition), record.offset, record.timestamp] {
            output.append(UInt8(ascii: "\t"))
            output.append(number, as: .decimal)
        }
        output.append(UInt8(ascii: "\t"))
        append(record.headers, to: output)
        output.append(UInt8(ascii: "\t"))
        append(record.key, keyEncoding, to: output)
        output.append(UInt8(ascii: "\t"))
        append(record.value, valueEncoding, to: output)
        output.append(UInt8(ascii: "\n"))
    }

    private func append(
        _ bytes: UnsafeRawBufferPointer?, _ encoding: ByteEncoding, to output: OutputBuffer
    ) {
        guard let bytes, !bytes.isEmpty else { return output.append(UInt8(ascii: "-")) }
        // The others make text that stands in a cell.
        guard encoding == .utf8 else { return output.append(bytes, as: encoding) }
        output.append(bytes, escapes: LineEscapes.self)
    }

    private func append(_ headers: RecordHeaders?, to output: OutputBuffer) {
        guard let headers, !headers.isEmpty else { return output.append(UInt8(ascii: "-")) }
        var isFirst = true
        headers.forEach { name, value in
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            output.append(name, escapes: LineEscapes.self)
            guard let value else { return }
            output.append(UInt8(ascii: "="))
            output.append(value, escapes: LineEscapes.self)
        }
    }
}
