internal import KafkaLog
internal import KafkaRecords
internal import KafkaWire

extension JSONRenderer {
    /// What the key and value of an internal topic's record mean, beside their bytes; of a control
    /// record what its value means.
    func appendDecoded(_ record: RecordView, of batch: InspectedBatch) {
        if batch.attributes.isControl {
            let type = ControlRecord(record).type
            guard let part = QuorumControlRecord.decode(type: type, value: record.value) else {
                return
            }
            append(",\"valueData\":", part)
        } else if let topic = internalTopic {
            let decoded = topic.decode(key: record.key, value: record.value)
            append(",\"keyData\":", decoded.key)
            append(",\"valueData\":", decoded.value)
        }
    }

    private func append(_ name: StaticString, _ part: DecodedPart) {
        if case .null = part { return }
        output.append(name)
        var json = JSONWriter(output)
        json.beginObject()
        switch part {
        case .null: break
        case .message(let message):
            json.field("type", message.name)
            json.field("version", message.version)
            json.name("data")
            json.value { WireValueText(output: $0).append(message.fields) }
        case .unknownType(let type): json.field("unknownType", type)
        case .malformed(let problem): json.field("problem", problem.description)
        }
        json.endObject()
    }
}
