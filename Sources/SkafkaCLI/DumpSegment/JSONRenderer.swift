internal import KafkaLog
internal import KafkaRecords

/// JSON Lines: one object for each batch, record and entry; `type` says which.
struct JSONRenderer: DumpRenderer {
    let findings: FindingReporter
    let output: OutputBuffer
    private let printsRecords: Bool
    private(set) var file: DumpFile?

    init(output: OutputBuffer, findings: FindingReporter, printsRecords: Bool) {
        self.output = output
        self.findings = findings
        self.printsRecords = printsRecords
    }

    mutating func begin(_ file: DumpFile) {
        self.file = file
    }

    var path: String { file?.path ?? "" }

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("type", "batch")
        json.field("path", path)
        json.field("position", batch.position)
        json.field("size", batch.sizeBytes)
        json.name("baseOffset")
        if let baseOffset = batch.baseOffset { json.integer(baseOffset) } else { json.null() }
        json.field("lastOffset", batch.lastOffset)
        json.field("magic", batch.magic)
        json.field("codec", batch.codecName)
        json.field("timestampType", batch.timestampType.rawValue)
        json.field("maxTimestamp", batch.maxTimestamp)
        if let header = batch.header { appendHeader(header, of: batch, &json) }
        json.field("crc", batch.storedCrc)
        json.field("valid", batch.isValid)
        json.endObject()
        json.endLine()
        return output.failure == nil ? .continue : .stop
    }

    private func appendHeader(
        _ header: RecordBatchHeader, of batch: InspectedBatch, _ json: inout JSONWriter
    ) {
        json.field("baseTimestamp", header.baseTimestamp)
        json.field("count", header.recordCount)
        json.field("leaderEpoch", header.partitionLeaderEpoch)
        json.field("producerId", header.producerID)
        json.field("producerEpoch", header.producerEpoch)
        json.field("baseSequence", header.baseSequence)
        json.field("lastSequence", batch.lastSequence)
        json.field("transactional", header.attributes.isTransactional)
        json.field("control", header.attributes.isControl)
        json.name("deleteHorizonMs")
        if let horizon = batch.deleteHorizonMs { json.integer(horizon) } else { json.null() }
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        guard printsRecords else { return .continue }
        var json = JSONWriter(output)
        json.beginObject()
        json.field("type", "record")
        if let topic = file?.topic { json.field("topic", topic) }
        if let partition = file?.partition { json.field("partition", partition) }
        json.field("offset", record.offset)
        json.field("timestamp", record.timestamp)
        json.field("timestampType", batch.timestampType.rawValue)
        if let header = batch.header { json.field("leaderEpoch", header.partitionLeaderEpoch) }
        if record.sequence >= 0 { json.field("sequence", record.sequence) }
        if batch.attributes.isControl { appendControl(record, &json) }
        appendHeaders(of: record, &json)
        json.bytes("key", encoding: "keyEncoding", record.key)
        json.bytes("value", encoding: "valueEncoding", record.value)
        if batch.attributes.isControl {
            appendQuorumControl(ControlRecord(record), record, &json)
        } else {
            appendDecoded(record, &json)
        }
        json.endObject()
        json.endLine()
        return output.failure == nil ? .continue : .stop
    }

    private func appendControl(_ record: RecordView, _ json: inout JSONWriter) {
        let control = ControlRecord(record)
        json.field("control", "\(control.kind.kafkaName)")
        if let epoch = control.coordinatorEpoch { json.field("coordinatorEpoch", epoch) }
    }

    private func appendHeaders(of record: RecordView, _ json: inout JSONWriter) {
        json.name("headers")
        json.beginArray()
        record.headers.forEach { name, value in
            json.beginObject()
            json.bytes("key", encoding: "keyEncoding", name)
            json.bytes("value", encoding: "encoding", value)
            json.endObject()
        }
        json.endArray()
    }

    mutating func visit(offsetEntry: InspectedOffsetEntry) -> RecordVisit {
        var json = beginEntry(offsetEntry.number)
        json.field("offset", offsetEntry.offset)
        json.field("position", offsetEntry.position)
        json.endObject()
        json.endLine()
        return output.failure == nil ? .continue : .stop
    }

    mutating func visit(timeEntry: InspectedTimeEntry) -> RecordVisit {
        var json = beginEntry(timeEntry.number)
        json.field("timestamp", timeEntry.timestamp)
        json.field("offset", timeEntry.offset)
        json.endObject()
        json.endLine()
        return output.failure == nil ? .continue : .stop
    }

    private func beginEntry(_ number: Int) -> JSONWriter {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("type", "entry")
        json.field("path", path)
        json.field("entry", number)
        return json
    }
}

extension JSONWriter {
    /// Text as it is, other bytes as base64 with a field beside that says so, null as null.
    mutating func bytes(
        _ name: StaticString, encoding: StaticString, _ bytes: UnsafeRawBufferPointer?
    ) {
        guard let bytes else { return nullField(name) }
        self.name(name)
        value { $0.append(bytes, as: .json) }
        if !UTF8Check.isValid(bytes) { field(encoding, "base64") }
    }
}

extension InspectedBatch {
    /// The codec's name, or its number where no codec has it.
    var codecName: String {
        attributes.codec?.description ?? String(attributes.codecID)
    }
}
