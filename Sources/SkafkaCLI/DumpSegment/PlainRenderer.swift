internal import KafkaLog
internal import KafkaRecords

/// Rows for scripts: tabs between the cells, `-` for an empty one. The first cell says what a row
/// is, the second is the file:
///
///     batch       position size baseOffset lastOffset count magic codec timestampType maxTimestamp
///                 producerId producerEpoch baseSequence leaderEpoch flags crc valid
///     record      offset timestamp key value headers
///     entry       number offset position
///     time-entry  number timestamp offset
///     transaction number version producerId firstOffset lastOffset lastStableOffset
///     producer    number producerId producerEpoch coordinatorEpoch currentTxnFirstOffset
///                 lastTimestamp firstSequence lastSequence lastOffset offsetDelta
///     checkpoint  number epoch startOffset, or number partition offset topic
///     property    number name value
///     state       JSON
struct PlainRenderer: DumpRenderer {
    let findings: FindingReporter
    let output: OutputBuffer
    private let printsRecords: Bool
    private(set) var file: DumpFile?
    private var path = ""

    init(output: OutputBuffer, findings: FindingReporter, printsRecords: Bool) {
        self.output = output
        self.findings = findings
        self.printsRecords = printsRecords
    }

    mutating func begin(_ file: DumpFile) {
        path = file.path
        self.file = file
    }

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        begin("batch")
        cell(Int64(batch.position))
        cell(Int64(batch.sizeBytes))
        cell(batch.baseOffset)
        cell(batch.lastOffset)
        cell(batch.recordCount.map(Int64.init))
        cell(Int64(batch.magic))
        cell(batch.codecName)
        cell(batch.timestampType.rawValue)
        cell(batch.maxTimestamp)
        cell(batch.header?.producerID)
        cell(batch.header.map { Int64($0.producerEpoch) })
        cell(batch.header.map { Int64($0.baseSequence) })
        cell(batch.header.map { Int64($0.partitionLeaderEpoch) })
        cell(batch.flags)
        cell(Int64(batch.storedCrc))
        cell(batch.isValid ? "true" : "false")
        return end()
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        guard printsRecords else { return .continue }
        begin("record")
        cell(record.offset)
        cell(record.timestamp)
        if batch.attributes.isControl || !appendDecoded(record) {
            cell(record.key)
            cell(record.value)
        }
        output.append(UInt8(ascii: "\t"))
        appendHeaders(record.headers)
        return end()
    }

    private func appendHeaders(_ headers: RecordHeaders) {
        guard !headers.isEmpty else { return output.append(UInt8(ascii: "-")) }
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

    mutating func visit(offsetEntry: InspectedOffsetEntry) -> RecordVisit {
        begin("entry")
        cell(Int64(offsetEntry.number))
        cell(offsetEntry.offset)
        cell(Int64(offsetEntry.position))
        return end()
    }

    mutating func visit(timeEntry: InspectedTimeEntry) -> RecordVisit {
        begin("time-entry")
        cell(Int64(timeEntry.number))
        cell(timeEntry.timestamp)
        cell(timeEntry.offset)
        return end()
    }

    func begin(_ what: StaticString) {
        output.append(what)
        cell(path)
    }

    func end() -> RecordVisit {
        output.append(UInt8(ascii: "\n"))
        return output.failure == nil ? .continue : .stop
    }

    func cell(_ text: String) {
        output.append(UInt8(ascii: "\t"))
        output.append(text)
    }

    func cell(_ number: Int64?) {
        output.append(UInt8(ascii: "\t"))
        if let number { output.append(decimal: number) } else { output.append(UInt8(ascii: "-")) }
    }

    func cell(_ bytes: UnsafeRawBufferPointer?) {
        output.append(UInt8(ascii: "\t"))
        guard let bytes, !bytes.isEmpty else { return output.append(UInt8(ascii: "-")) }
        output.appendEscaped(bytes)
    }
}
