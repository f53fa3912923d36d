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

    init(
        output: OutputBuffer, findings: FindingReporter, printsRecords: Bool, printsData: Bool,
        skipsRecordMetadata: Bool, keyDecoder: DecoderClass = .string,
        valueDecoder: DecoderClass = .string
    ) {
        self.output = output
        self.findings = findings
        self.printsRecords = printsRecords
        self.printsData = printsData
        self.skipsRecordMetadata = skipsRecordMetadata
        self.keyDecoder = keyDecoder
        self.valueDecoder = valueDecoder
    }

    /// The reader of the output went away.
    var isStopped: Bool { output.failure != nil }

    mutating func begin(_ file: DumpFile) {
        internalTopic = file.internalTopic
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

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        if let header = batch.header {
            appendHeader(header, of: batch)
        } else {
            field("offset: ", batch.lastOffset)
        }
        field(" position: ", Int64(batch.position))
        appendTimestamp(batch.maxTimestamp, batch)
        field(" size: ", Int64(batch.sizeBytes))
        field(" magic: ", Int64(batch.magic))
        output.append(" compresscodec: " as StaticString)
        output.append(batch.attributes.codec?.description ?? "unknown(\(batch.attributes.codecID))")
        field(" crc: ", Int64(batch.storedCrc))
        field(" isvalid: ", batch.isValid)
        output.append(UInt8(ascii: "\n"))
        return output.failure == nil ? .continue : .stop
    }

    private func appendHeader(_ header: RecordBatchHeader, of batch: InspectedBatch) {
        field("baseOffset: ", header.baseOffset)
        field(" lastOffset: ", header.lastOffset)
        field(" count: ", Int64(header.recordCount))
        field(" baseSequence: ", Int64(header.baseSequence))
        field(" lastSequence: ", Int64(batch.lastSequence))
        field(" producerId: ", header.producerID)
        field(" producerEpoch: ", Int64(header.producerEpoch))
        field(" partitionLeaderEpoch: ", Int64(header.partitionLeaderEpoch))
        field(" isTransactional: ", header.attributes.isTransactional)
        field(" isControl: ", header.attributes.isControl)
        if let deleteHorizonMs = batch.deleteHorizonMs {
            field(" deleteHorizonMs: OptionalLong[", deleteHorizonMs)
            output.append(UInt8(ascii: "]"))
        } else {
            output.append(" deleteHorizonMs: OptionalLong.empty" as StaticString)
        }
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        guard printsRecords else { return .continue }
        if !skipsRecordMetadata {
            output.append("| " as StaticString)
            appendMetadata(of: record, batch, message)
            if batch.attributes.isControl { appendControl(record) }
        }
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

    private func appendMetadata(
        of record: RecordView, _ batch: InspectedBatch, _ message: UnsafeRawBufferPointer?
    ) {
        field("offset: ", record.offset)
        appendTimestamp(record.timestamp, batch)
        field(" keySize: ", Int64(record.key?.count ?? -1))
        field(" valueSize: ", Int64(record.value?.count ?? -1))
        if batch.header != nil {
            field(" sequence: ", Int64(record.sequence))
            appendHeaderKeys(of: record)
        }
        if let message, let parsed = try? LegacyMessage(message) {
            field(" isValid: ", (try? parsed.verifyCrc(of: message)) != nil)
            field(" crc: ", Int64(parsed.crc))
            // A brace too many, there as here.
            output.append(UInt8(ascii: "}"))
        }
    }

    private func appendHeaderKeys(of record: RecordView) {
        output.append(" headerKeys: [" as StaticString)
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
            output.append(control.kind.kafkaName)
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

    private func appendTimestamp(_ timestamp: Int64, _ batch: InspectedBatch) {
        output.append(UInt8(ascii: " "))
        output.append(batch.timestampType.rawValue)
        field(": ", timestamp)
    }

    @inline(__always)
    func field(_ name: StaticString, _ value: Int64) {
        output.append(name)
        output.append(decimal: value)
    }

    private func field(_ name: StaticString, _ value: Bool) {
        output.append(name)
        output.append(value ? "true" as StaticString : "false")
    }
}
