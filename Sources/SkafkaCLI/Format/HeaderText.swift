internal import KafkaRecords

/// Headers as `a=b,c=d`, the way `produce -H` takes them: `NAME` alone is null, `NAME=` empty.
enum HeaderText {
    static func append(
        _ headers: RecordHeaders?, as encoding: ByteEncoding, to output: OutputBuffer
    ) {
        if encoding == .json { return RecordJSON.append(headers, to: output) }
        guard let headers, !headers.isEmpty else { return }
        var isFirst = true
        headers.forEach { name, value in
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            output.append(name)
            guard let value else { return }
            output.append(UInt8(ascii: "="))
            output.append(value, as: encoding)
        }
    }
}
