internal import KafkaLog
internal import KafkaRecords

/// Rows for people: one for each batch or entry, under a title for each file; records, when wanted,
/// indented below their batch.
struct TableRenderer: DumpRenderer {
    let findings: FindingReporter
    let output: OutputBuffer
    private let printsRecords: Bool
    private var times = TimestampCell()
    private(set) var file: DumpFile?

    init(output: OutputBuffer, findings: FindingReporter, printsRecords: Bool) {
        self.output = output
        self.findings = findings
        self.printsRecords = printsRecords
    }

    private static let batchTitle: StaticString = """
        OFFSETS                  COUNT    POSITION       SIZE  V  CODEC   \
        MAX TIMESTAMP             PRODUCER      SEQUENCE       EPOCH  FLAGS  CRC

        """

    mutating func begin(_ file: DumpFile) {
        self.file = file
        output.append(file.path)
        output.append(UInt8(ascii: "\n"))
        switch file.name.kind {
        case .log, .checkpoint: output.append(TableRenderer.batchTitle)
        case .index: output.append("  ENTRY               OFFSET    POSITION\n" as StaticString)
        case .timeindex:
            output.append("  ENTRY               OFFSET  TIMESTAMP\n" as StaticString)
        default: break
        }
    }

    mutating func end(_ file: DumpFile, totals: LogInspection.Totals) { endFile() }

    mutating func end(small file: DumpFile) { endFile() }

    mutating func end(_ file: DumpFile, index: borrowing IndexInspection) { endFile() }

    private func endFile() {
        output.append(UInt8(ascii: "\n"))
    }

    mutating func end(directory: String, summary: DumpSummary) {
        let offsets =
            if let first = summary.firstOffset, let last = summary.lastOffset {
                "offsets \(first)..\(last)"
            } else {
                "no offsets"
            }
        output.append(
            "\(directory): \(counted(summary.segments, "segment")),"
                + " \(counted(summary.batches, "batch", "batches")),"
                + " \(counted(summary.records, "record")), \(counted(summary.bytes, "byte")),"
                + " \(offsets)\n")
    }

    private func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        let first = batch.baseOffset.map(String.init) ?? "?"
        output.append("\(first)..\(batch.lastOffset)", width: 22)
        if let header = batch.header {
            output.append(decimal: Int64(header.recordCount), width: 8)
        } else {
            output.append("       -" as StaticString)
        }
        output.append(decimal: Int64(batch.position), width: 12)
        output.append(decimal: Int64(batch.sizeBytes), width: 11)
        output.append(decimal: Int64(batch.magic), width: 3)
        output.append("  " as StaticString)
        output.append(batch.codecName, width: 8)
        output.append(blanks: 26 - times.append(batch.maxTimestamp, to: output))
        appendProducer(batch)
        output.append(batch.flags, width: 7)
        output.append(batch.isValid ? "ok\n" as StaticString : "BAD\n")
        return output.failure == nil ? .continue : .stop
    }

    private func appendProducer(_ batch: InspectedBatch) {
        guard let header = batch.header else {
            output.append("-", width: 14)
            output.append("-", width: 13)
            output.append("      -  " as StaticString)
            return
        }
        let hasProducer = header.producerID >= 0
        output.append(
            hasProducer ? "\(header.producerID):\(header.producerEpoch)" : "-", width: 14)
        output.append(
            header.baseSequence >= 0 ? "\(header.baseSequence)..\(batch.lastSequence)" : "-",
            width: 13)
        output.append(decimal: Int64(header.partitionLeaderEpoch), width: 7)
        output.append("  " as StaticString)
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        guard printsRecords else { return .continue }
        output.append("  " as StaticString)
        output.append(decimal: record.offset)
        output.append("  " as StaticString)
        times.append(record.timestamp, to: output)
        if batch.attributes.isControl {
            appendControl(record)
        } else {
            if !appendDecoded(record) {
                appendField("  key=", record.key)
                appendField("  value=", record.value)
            }
            appendHeaders(record.headers)
        }
        output.append(UInt8(ascii: "\n"))
        return output.failure == nil ? .continue : .stop
    }

    private func appendControl(_ record: RecordView) {
        let control = ControlRecord(record)
        output.append("  control=" as StaticString)
        output.append(control.kind.kafkaName)
        appendQuorumControl(control, record)
        guard let epoch = control.coordinatorEpoch else { return }
        output.append("  coordinator-epoch=" as StaticString)
        output.append(decimal: Int64(epoch))
    }

    private func appendHeaders(_ headers: RecordHeaders) {
        guard !headers.isEmpty else { return }
        output.append("  headers=" as StaticString)
        var isFirst = true
        headers.forEach { name, value in
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            output.appendEscaped(name)
            guard let value else { return }
            output.append(UInt8(ascii: "="))
            output.appendEscaped(value)
        }
    }

    private func appendField(_ name: StaticString, _ bytes: UnsafeRawBufferPointer?) {
        guard let bytes else { return }
        output.append(name)
        output.appendEscaped(bytes)
    }

    mutating func visit(offsetEntry: InspectedOffsetEntry) -> RecordVisit {
        output.append(decimal: Int64(offsetEntry.number), width: 7)
        output.append(decimal: offsetEntry.offset, width: 21)
        output.append(decimal: Int64(offsetEntry.position), width: 12)
        output.append(UInt8(ascii: "\n"))
        return output.failure == nil ? .continue : .stop
    }

    mutating func visit(timeEntry: InspectedTimeEntry) -> RecordVisit {
        output.append(decimal: Int64(timeEntry.number), width: 7)
        output.append(decimal: timeEntry.offset, width: 21)
        output.append("  " as StaticString)
        times.append(timeEntry.timestamp, to: output)
        output.append(UInt8(ascii: "\n"))
        return output.failure == nil ? .continue : .stop
    }
}

extension InspectedBatch {
    /// T transactional, C control, A stamped by the broker (LogAppendTime), H has a delete horizon.
    var flags: String {
        var flags = ""
        if header != nil, attributes.isTransactional { flags += "T" }
        if header != nil, attributes.isControl { flags += "C" }
        if timestampType == .logAppendTime { flags += "A" }
        if deleteHorizonMs != nil { flags += "H" }
        return flags.isEmpty ? "-" : flags
    }
}
