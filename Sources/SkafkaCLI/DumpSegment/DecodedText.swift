internal import KafkaLog
internal import KafkaRecords
internal import KafkaWire

extension DecodedPart {
    /// `OffsetCommitKey v1 {…}` on one line; what cannot be read is shown as the bytes that it is,
    /// with the reason behind them.
    func append(bytes: UnsafeRawBufferPointer?, to output: OutputBuffer) {
        switch self {
        case .null: output.append("null" as StaticString)
        case .message(let message):
            output.append(message.name)
            output.append(" v" as StaticString)
            output.append(decimal: Int64(message.version))
            output.append(UInt8(ascii: " "))
            WireValueText(output: output).append(message.fields)
        case .unknownType(let type):
            if let bytes { output.appendEscaped(bytes) }
            output.append(" (unknown record type \(type))")
        case .malformed(let problem):
            if let bytes { output.appendEscaped(bytes) }
            output.append(" (\(problem))")
        }
    }
}

extension TableRenderer {
    /// The record of an internal topic; false for any other.
    func appendDecoded(_ record: RecordView) -> Bool {
        guard let topic = internalTopic else { return false }
        let decoded = topic.decode(key: record.key, value: record.value)
        if record.key != nil {
            output.append("  key=" as StaticString)
            decoded.key.append(bytes: record.key, to: output)
        }
        output.append("  value=" as StaticString)
        decoded.value.append(bytes: record.value, to: output)
        return true
    }

    func appendQuorumControl(_ control: ControlRecord, _ record: RecordView) {
        guard let part = QuorumControlRecord.decode(type: control.type, value: record.value) else {
            return
        }
        output.append("  " as StaticString)
        part.append(bytes: record.value, to: output)
    }
}

extension PlainRenderer {
    /// The cells of key and value of an internal topic's record, or of a control record of the
    /// quorum; false for any other.
    func appendDecoded(_ record: RecordView, of batch: InspectedBatch) -> Bool {
        if batch.attributes.isControl {
            let type = ControlRecord(record).type
            guard let part = QuorumControlRecord.decode(type: type, value: record.value) else {
                return false
            }
            cell(record.key)
            append(part, record.value)
            return true
        }
        guard let topic = internalTopic else { return false }
        let decoded = topic.decode(key: record.key, value: record.value)
        append(decoded.key, record.key)
        append(decoded.value, record.value)
        return true
    }

    private func append(_ part: DecodedPart, _ bytes: UnsafeRawBufferPointer?) {
        output.append(UInt8(ascii: "\t"))
        if case .null = part { return output.append(UInt8(ascii: "-")) }
        part.append(bytes: bytes, to: output)
    }
}
