internal import KafkaRecords
internal import KafkaWire

/// The records of internal topics, by Kafka's `OffsetsMessageParser`, `TransactionLogMessageParser`
/// and `ClusterMetadataLogMessageParser`.
extension KafkaRenderer {
    func appendDecoded(_ record: RecordView, of topic: InternalTopic) {
        let decoded = topic.decode(key: record.key, value: record.value)
        switch topic {
        case .clusterMetadata: appendMetadata(decoded.value, record)
        case .transactionState: appendTransaction(decoded, record)
        case .consumerOffsets, .shareGroupState: appendCoordinator(decoded, record)
        }
    }

    // MARK: Coordinators

    private func appendCoordinator(_ decoded: DecodedRecord, _ record: RecordView) {
        switch (decoded.key, decoded.value) {
        case (.unknownType(let type), _):
            beginKey()
            output.append("Unknown record type \(type) at offset \(record.offset), skipping.")
        case (.malformed(let problem), _), (_, .malformed(let problem)):
            beginKey()
            output.append("Error at offset \(record.offset), skipping. \(problem)")
        case (.message(let key), let value):
            beginKey()
            append(key, versionName: "type")
            output.append(" payload: " as StaticString)
            if let value = value.message {
                append(value, versionName: "version")
            } else {
                output.append("<DELETE>" as StaticString)
            }
        case (.null, _): appendPlain(record)
        }
    }

    /// `{"type":"1","data":{…}}`
    private func append(_ message: DecodedMessage, versionName: StaticString) {
        output.append("{\"" as StaticString)
        output.append(versionName)
        output.append("\":\"" as StaticString)
        output.append(decimal: Int64(message.version))
        output.append("\",\"data\":" as StaticString)
        WireValueText(output: output).append(message.fields)
        output.append(UInt8(ascii: "}"))
    }

    private func appendTransaction(_ decoded: DecodedRecord, _ record: RecordView) {
        switch decoded.key {
        case .unknownType(let type):
            beginKey()
            output.append("unknown::version=\(type)")
        case .message(let key):
            guard let key = key.message as? TransactionLogKey else { return }
            beginKey()
            output.append(TransactionLogText.key(key))
            output.append(" payload: " as StaticString)
            appendTransaction(decoded.value, record)
        case .null, .malformed: appendPlain(record)
        }
    }

    private func appendTransaction(_ value: DecodedPart, _ record: RecordView) {
        if let value = value.message?.message as? TransactionLogValue {
            output.append(TransactionLogText.value(value))
        } else if let bytes = record.value {
            // Kafka's tool dies here.
            JavaText.append(bytes, to: output)
        } else {
            output.append("<DELETE>" as StaticString)
        }
    }

    // MARK: Metadata

    private func appendMetadata(_ value: DecodedPart, _ record: RecordView) {
        output.append(" payload: " as StaticString)
        switch value {
        case .message(let message):
            output.append("{\"type\":\"" as StaticString)
            output.append(message.name.screamingSnakeCased)
            output.append("\",\"version\":" as StaticString)
            output.append(decimal: Int64(message.version))
            output.append(",\"data\":" as StaticString)
            WireValueText(output: output).append(message.fields)
            output.append(UInt8(ascii: "}"))
        case .unknownType(let type):
            output.append(
                "Error at \(record.offset), skipping."
                    + " org.apache.kafka.common.errors.UnsupportedVersionException:"
                    + " Unknown metadata id \(type)")
        case .malformed(let problem):
            output.append("Error at \(record.offset), skipping. \(problem)")
        case .null: output.append("Error at \(record.offset), skipping. null")
        }
    }

    // MARK: Control records

    /// Of the metadata log's quorum; false for a type that Kafka's tool does not take apart.
    func appendQuorumControl(_ control: ControlRecord, _ record: RecordView) -> Bool {
        let title: StaticString
        switch control.kind {
        case .snapshotHeader: title = " SnapshotHeader "
        case .snapshotFooter: title = " SnapshotFooter "
        case .kraftVersion: title = " KRaftVersion "
        case .kraftVoters: title = " KRaftVoters "
        default: return false
        }
        let part = QuorumControlRecord.decode(type: control.type, value: record.value)
        guard let message = part?.message else { return false }
        output.append(title)
        WireValueText(output: output).append(message.fields)
        return true
    }
}

extension String {
    /// `TopicRecord` as `TOPIC_RECORD`.
    var screamingSnakeCased: String {
        var text = ""
        for character in self {
            if character.isUppercase, !text.isEmpty { text += "_" }
            text += character.uppercased()
        }
        return text
    }
}
