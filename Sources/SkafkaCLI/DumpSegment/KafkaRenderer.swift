internal import KafkaLog
internal import KafkaRecords
internal import KafkaWire

/// Prints what Kafka 3.9's `kafka-dump-log` prints, line for line (`DumpLogSegments`), so that what
/// reads its output reads this too. Where that tool dies of an exception, this one goes on with
/// findings on standard error.
struct KafkaRenderer: DumpRenderer {
    let findings: FindingReporter
    let output: OutputBuffer
    private let printsRecords: Bool
    private let printsData: Bool
    let skipsRecordMetadata: Bool
    private let keyDecoder: DecoderClass
    private let valueDecoder: DecoderClass
    private var internalTopic: InternalTopic?
    let mismatches = KafkaMismatches()
    private var path = ""

    init(_ output: OutputBuffer, _ findings: FindingReporter, _ settings: DumpSettings) {
        self.output = output
        self.findings = findings
        printsRecords = settings.printsRecords
        printsData = settings.printsData
        skipsRecordMetadata = settings.skipsRecordMetadata
        keyDecoder = settings.keyDecoder
        valueDecoder = settings.valueDecoder
    }

    /// The reader of the output went away.
    var isStopped: Bool { output.failure != nil }

    mutating func begin(_ file: DumpFile) {
        internalTopic = file.internalTopic
        path = file.path
        mismatches.begin()
        output.append("Dumping " as StaticString)
        output.append(file.path)
        output.append(UInt8(ascii: "\n"))
        switch file.name.kind {
        case .log:
            guard let baseOffset = file.name.baseOffset else { return }
            field("Log starting offset: ", baseOffset)
        case .checkpoint:
            guard let offset = file.name.baseOffset, let epoch = file.name.snapshotEpoch else {
                return output.append("KRaft bootstrap snapshot\n" as StaticString)
            }
            field("Snapshot end offset: ", offset)
            field(", epoch: ", Int64(epoch))
        default: return
        }
        output.append(UInt8(ascii: "\n"))
    }

    mutating func end(_ file: DumpFile, totals: LogInspection.Totals) {
        guard totals.endsCutOff, totals.fileBytes > totals.endPosition else { return }
        field("Found ", Int64(totals.fileBytes - totals.endPosition))
        output.append(" invalid bytes at the end of " as StaticString)
        output.append(file.name.name)
        output.append(UInt8(ascii: "\n"))
    }

    mutating func finish() {
        for line in mismatches.lines() { findings.say(line) }
    }

    /// The tool's own words about gaps and the like come at the end.
    mutating func report(_ finding: Finding) {
        if finding.severity > .note { findings.report(finding) }
    }

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        output.write(atMost: KafkaRenderer.lineMax) { line in
            if let header = batch.header {
                KafkaRenderer.put(header, of: batch, to: &line)
            } else {
                line.put("offset: ", batch.lastOffset)
            }
            line.put(" position: ", Int64(batch.position))
            KafkaRenderer.put(batch.maxTimestamp, batch, to: &line)
            line.put(" size: ", Int64(batch.sizeBytes))
            line.put(" magic: ", Int64(batch.magic))
            line.put(" compresscodec: ")
            if let codec = batch.attributes.codec {
                line.put(codec)
            } else {
                line.put("unknown(", Int64(batch.attributes.codecID))
                line.put(UInt8(ascii: ")"))
            }
            line.put(" crc: ", Int64(batch.storedCrc))
            line.put(batch.isValid ? " isvalid: true\n" : " isvalid: false\n")
        }
        return output.failure == nil ? .continue : .stop
    }

    /// Bytes of the longest line without keys and values: 13 numbers, and their names.
    private static let lineMax = 768

    private static func put(
        _ header: RecordBatchHeader, of batch: InspectedBatch, to line: inout TextCursor
    ) {
        line.put("baseOffset: ", header.baseOffset)
        line.put(" lastOffset: ", header.lastOffset)
        line.put(" count: ", Int64(header.recordCount))
        line.put(" baseSequence: ", Int64(header.baseSequence))
        line.put(" lastSequence: ", Int64(batch.lastSequence))
        line.put(" producerId: ", header.producerID)
        line.put(" producerEpoch: ", Int64(header.producerEpoch))
        line.put(" partitionLeaderEpoch: ", Int64(header.partitionLeaderEpoch))
        line.put(" isTransactional: ")
        line.put(header.attributes.isTransactional)
        line.put(" isControl: ")
        line.put(header.attributes.isControl)
        if let deleteHorizonMs = batch.deleteHorizonMs {
            line.put(" deleteHorizonMs: OptionalLong[", deleteHorizonMs)
            line.put(UInt8(ascii: "]"))
        } else {
            line.put(" deleteHorizonMs: OptionalLong.empty")
        }
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        guard printsRecords else { return .continue }
        mismatches.see(offset: record.offset) { path }
        if !skipsRecordMetadata { appendMetadata(of: record, batch, message) }
        if printsData, !batch.attributes.isControl {
            if let internalTopic {
                appendDecoded(record, of: internalTopic)
            } else {
                appendPlain(record)
            }
        }
        output.append(UInt8(ascii: "\n"))
        return output.failure == nil ? .continue : .stop
    }

    @inline(__always)
    private func appendMetadata(
        of record: RecordView, _ batch: InspectedBatch, _ message: UnsafeRawBufferPointer?
    ) {
        output.write(atMost: KafkaRenderer.lineMax) { line in
            line.put("| offset: ", record.offset)
            KafkaRenderer.put(record.timestamp, batch, to: &line)
            line.put(" keySize: ", Int64(record.key?.count ?? -1))
            line.put(" valueSize: ", Int64(record.value?.count ?? -1))
            guard batch.header != nil else { return }
            line.put(" sequence: ", Int64(record.sequence))
            line.put(" headerKeys: [")
            if record.headers.isEmpty { line.put(UInt8(ascii: "]")) }
        }
        if !record.headers.isEmpty { appendHeaderKeys(of: record) }
        if let message { appendSums(of: message) }
        if batch.attributes.isControl { appendControl(record) }
    }

    /// Of a record's own message in old formats.
    private func appendSums(of message: UnsafeRawBufferPointer) {
        guard let parsed = try? LegacyMessage(message) else { return }
        let isValid = (try? parsed.verifyCrc(of: message)) != nil
        output.append(isValid ? " isValid: true" as StaticString : " isValid: false")
        field(" crc: ", Int64(parsed.crc))
        // A brace too many, there as here.
        output.append(UInt8(ascii: "}"))
    }

    private func appendHeaderKeys(of record: RecordView) {
        var isFirst = true
        record.headers.forEach { name, _ in
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            JavaText.append(name, to: output)
        }
        output.append(UInt8(ascii: "]"))
    }

    private func appendControl(_ record: RecordView) {
        let control = ControlRecord(record)
        switch control.kind {
        case .abort, .commit:
            output.append(" endTxnMarker: " as StaticString)
            output.append(control.kind == .commit ? "COMMIT" as StaticString : "ABORT")
            field(" coordinatorEpoch: ", Int64(control.coordinatorEpoch ?? -1))
        default:
            if appendQuorumControl(control, record) { return }
            output.append(" controlType: " as StaticString)
            output.append(control.kafkaName)
            field("(", Int64(control.type))
            output.append(UInt8(ascii: ")"))
        }
    }

    func appendPlain(_ record: RecordView) {
        if let key = record.key {
            beginKey()
            output.append(key, as: keyDecoder)
        }
        if let value = record.value {
            output.append(" payload: " as StaticString)
            output.append(value, as: valueDecoder)
        }
    }

    func beginKey() {
        output.append(skipsRecordMetadata ? "| key: " as StaticString : " key: ")
    }

    mutating func visit(offsetEntry: InspectedOffsetEntry) -> RecordVisit {
        field("offset: ", offsetEntry.offset)
        field(" position: ", Int64(offsetEntry.position))
        output.append(UInt8(ascii: "\n"))
        return output.failure == nil ? .continue : .stop
    }

    mutating func visit(timeEntry: InspectedTimeEntry) -> RecordVisit {
        field("timestamp: ", timeEntry.timestamp)
        field(" offset: ", timeEntry.offset)
        output.append(UInt8(ascii: "\n"))
        return output.failure == nil ? .continue : .stop
    }

    /// `PATH SAYING`, as the tool says of an index.
    mutating func remark(_ saying: StaticString, on file: DumpFile) {
        output.append(file.path)
        output.append(saying)
        output.append(UInt8(ascii: "\n"))
    }

    @inline(__always)
    private static func put(
        _ timestamp: Int64, _ batch: InspectedBatch, to line: inout TextCursor
    ) {
        line.put(UInt8(ascii: " "))
        line.put(batch.timestampType)
        line.put(": ", timestamp)
    }

    @inline(__always)
    func field(_ name: StaticString, _ value: Int64) {
        output.append(name)
        output.append(decimal: value)
    }
}

extension TextCursor {
    /// A name and a number behind it.
    @inline(__always)
    fileprivate mutating func put(_ name: StaticString, _ value: Int64) {
        put(name)
        put(decimal: value)
    }
}
