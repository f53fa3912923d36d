internal import KafkaLog
internal import KafkaRecords
internal import KafkaWire

/// JSON Lines: one object for each batch, record and entry; `type` says which.
struct JSONRenderer: DumpRenderer {
    let findings: FindingReporter
    let output: OutputBuffer
    private let printsRecords: Bool
    private(set) var path = ""
    /// Whose records the file holds.
    private(set) var internalTopic: InternalTopic?
    /// What each batch and each record of the file begins with.
    private var batchStart: [UInt8] = []
    private var recordStart: [UInt8] = []

    init(output: OutputBuffer, findings: FindingReporter, printsRecords: Bool) {
        self.output = output
        self.findings = findings
        self.printsRecords = printsRecords
    }

    mutating func begin(_ file: DumpFile) {
        path = file.path
        internalTopic = file.internalTopic
        batchStart = JSONRenderer.rowStart("batch", until: "position") { json in
            json.field("path", file.path)
        }
        recordStart = JSONRenderer.rowStart("record", until: "offset") { json in
            if let topic = file.topic { json.field("topic", topic) }
            if let partition = file.partition { json.field("partition", partition) }
        }
    }

    /// What stands in front of the number that differs from one row to the next.
    private static func rowStart(
        _ type: String, until name: StaticString, _ body: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        // A path, each byte of it escaped, takes less.
        let text = OutputBuffer(descriptor: -1, capacityBytes: 64 << 10)
        var json = JSONWriter(text)
        json.beginObject()
        json.field("type", type)
        body(&json)
        json.name(name)
        return Array(text.buffered)
    }

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        batchStart.withUnsafeBytes { output.append($0) }
        // 15 numbers, and their names.
        output.write(atMost: 1024) { line in
            line.put(decimal: Int64(batch.position))
            line.put(",\"size\":", Int64(batch.sizeBytes))
            line.put(",\"baseOffset\":", batch.baseOffset)
            line.put(",\"lastOffset\":", batch.lastOffset)
            line.put(",\"magic\":", Int64(batch.magic))
            line.put(",\"codec\":\"")
            line.put(codecOf: batch)
            line.put("\",\"timestampType\":\"")
            line.put(batch.timestampType)
            line.put("\",\"maxTimestamp\":", batch.maxTimestamp)
            if let header = batch.header { JSONRenderer.put(header, of: batch, to: &line) }
            line.put(",\"crc\":", Int64(batch.storedCrc))
            line.put(batch.isValid ? ",\"valid\":true}\n" : ",\"valid\":false}\n")
        }
        return output.failure == nil ? .continue : .stop
    }

    private static func put(
        _ header: RecordBatchHeader, of batch: InspectedBatch, to line: inout TextCursor
    ) {
        line.put(",\"baseTimestamp\":", header.baseTimestamp)
        line.put(",\"count\":", Int64(header.recordCount))
        line.put(",\"leaderEpoch\":", Int64(header.partitionLeaderEpoch))
        line.put(",\"producerId\":", header.producerID)
        line.put(",\"producerEpoch\":", Int64(header.producerEpoch))
        line.put(",\"baseSequence\":", Int64(header.baseSequence))
        line.put(",\"lastSequence\":", Int64(batch.lastSequence))
        line.put(",\"transactional\":")
        line.put(header.attributes.isTransactional)
        line.put(",\"control\":")
        line.put(header.attributes.isControl)
        line.put(",\"deleteHorizonMs\":", batch.deleteHorizonMs)
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        guard printsRecords else { return .continue }
        recordStart.withUnsafeBytes { output.append($0) }
        output.write(atMost: 256) { line in
            line.put(decimal: record.offset)
            line.put(",\"timestamp\":", record.timestamp)
            line.put(",\"timestampType\":\"")
            line.put(batch.timestampType)
            line.put(UInt8(ascii: "\""))
            if let header = batch.header {
                line.put(",\"leaderEpoch\":", Int64(header.partitionLeaderEpoch))
            }
            if record.sequence >= 0 {
                line.put(",\"sequence\":", Int64(record.sequence))
            }
        }
        if batch.attributes.isControl { appendControl(record) }
        output.append(",\"headers\":" as StaticString)
        RecordJSON.append(record.headers, to: output)
        output.append(",\"key\":" as StaticString)
        RecordJSON.append(record.key, .utf8, encodingField: ",\"keyEncoding\":\"", to: output)
        output.append(",\"value\":" as StaticString)
        RecordJSON.append(
            record.value, .utf8, encodingField: ",\"valueEncoding\":\"", to: output)
        appendDecoded(record, of: batch)
        output.append("}\n" as StaticString)
        return output.failure == nil ? .continue : .stop
    }

    private func appendControl(_ record: RecordView) {
        let control = ControlRecord(record)
        output.append(",\"control\":\"" as StaticString)
        output.append(control.kafkaName)
        output.append(UInt8(ascii: "\""))
        guard let epoch = control.coordinatorEpoch else { return }
        output.append(",\"coordinatorEpoch\":" as StaticString)
        output.append(decimal: Int64(epoch))
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

extension TextCursor {
    /// A name and a number behind it, or null.
    @inline(__always)
    fileprivate mutating func put(_ name: StaticString, _ value: Int64?) {
        put(name)
        if let value { put(decimal: value) } else { put("null") }
    }
}
