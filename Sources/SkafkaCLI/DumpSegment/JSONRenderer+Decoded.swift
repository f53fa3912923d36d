internal import KafkaRecords
internal import KafkaWire

extension JSONRenderer {
    /// What the key and value of an internal topic's record mean, beside their bytes.
    func appendDecoded(_ record: RecordView, _ json: inout JSONWriter) {
        guard let topic = file?.internalTopic else { return }
        let decoded = topic.decode(key: record.key, value: record.value)
        append("keyData", decoded.key, &json)
        append("valueData", decoded.value, &json)
    }

    /// The same for the control records of the metadata log's quorum.
    func appendQuorumControl(
        _ control: ControlRecord, _ record: RecordView, _ json: inout JSONWriter
    ) {
        guard let part = QuorumControlRecord.decode(type: control.type, value: record.value) else {
            return
        }
        append("valueData", part, &json)
    }

    private func append(_ name: StaticString, _ part: DecodedPart, _ json: inout JSONWriter) {
        if case .null = part { return }
        json.name(name)
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
