internal import KafkaLog
internal import KafkaRecords
internal import KafkaWire

/// Rows for people: one for each batch or entry, under a title for each file; records, when wanted,
/// indented below their batch.
struct TableRenderer: DumpRenderer {
    let findings: FindingReporter
    let output: OutputBuffer
    private let printsRecords: Bool
    private var times = TimestampCell()
    /// Whose records the file holds.
    private(set) var internalTopic: InternalTopic?
    /// Summaries follow each other under one title, until rows come between.
    var isBelowSummaryTitle = false

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
        internalTopic = file.internalTopic
        isBelowSummaryTitle = false
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

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        // A dozen numbers, and blanks between them.
        output.write(atMost: 512) { line in
            let start = line.address
            if let first = batch.baseOffset {
                line.put(decimal: first)
            } else {
                line.put("?")
            }
            line.put("..")
            line.put(decimal: batch.lastOffset)
            line.pad(from: start, to: 22)
            if let header = batch.header {
                line.put(decimal: Int64(header.recordCount), width: 8)
            } else {
                line.put("       -")
            }
            line.put(decimal: Int64(batch.position), width: 12)
            line.put(decimal: Int64(batch.sizeBytes), width: 11)
            line.put(decimal: Int64(batch.magic), width: 3)
            line.put("  ")
            line.putColumn(width: 8) { $0.put(codecOf: batch) }
            line.putColumn(width: 26) { times.put(batch.maxTimestamp, to: &$0) }
            TableRenderer.putProducer(of: batch, to: &line)
            line.putColumn(width: 7) { $0.put(flagsOf: batch) }
            line.put(batch.isValid ? "ok\n" : "BAD\n")
        }
        return output.failure == nil ? .continue : .stop
    }

    private static func putProducer(of batch: InspectedBatch, to line: inout TextCursor) {
        guard let header = batch.header else {
            return line.put("-             -                  -  ")
        }
        line.putColumn(width: 14) { line in
            guard header.producerID >= 0 else { return line.put("-") }
            line.put(decimal: header.producerID)
            line.put(":")
            line.put(decimal: Int64(header.producerEpoch))
        }
        line.putColumn(width: 13) { line in
            guard header.baseSequence >= 0 else { return line.put("-") }
            line.put(decimal: Int64(header.baseSequence))
            line.put("..")
            line.put(decimal: Int64(batch.lastSequence))
        }
        line.put(decimal: Int64(header.partitionLeaderEpoch), width: 7)
        line.put("  ")
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        guard printsRecords else { return .continue }
        output.write(atMost: 96) { line in
            line.put("  ")
            line.put(decimal: record.offset)
            line.put("  ")
            times.put(record.timestamp, to: &line)
        }
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
        output.append(control.kafkaName)
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

extension TextCursor {
    /// Text to the left of a column.
    @inline(__always)
    fileprivate mutating func putColumn(width: Int, _ body: (inout TextCursor) -> Void) {
        let start = address
        body(&self)
        pad(from: start, to: width)
    }
}
