internal import KafkaLog
internal import KafkaRecords
internal import KafkaWire

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
///     summary     directories segments logBytes batches records batchBytes uncompressedBytes
///                 compressionRatio codecs firstOffset lastOffset minTimestamp maxTimestamp
///                 producerCount producerIds transactionalBatches controlBatches gaps corruption
///                 warnings notes
///     total       the same for all directories, which have no offsets in common
struct PlainRenderer: DumpRenderer {
    let findings: FindingReporter
    let output: OutputBuffer
    private let printsRecords: Bool
    /// Whose records the file holds.
    private(set) var internalTopic: InternalTopic?
    private var path = ""
    /// What each record of the file begins with.
    private var recordStart: [UInt8] = []

    init(output: OutputBuffer, findings: FindingReporter, printsRecords: Bool) {
        self.output = output
        self.findings = findings
        self.printsRecords = printsRecords
    }

    mutating func begin(_ file: DumpFile) {
        path = file.path
        internalTopic = file.internalTopic
        recordStart = Array("record\t\(path)\t".utf8)
    }

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        begin("batch")
        // 13 numbers and some words.
        output.write(atMost: 512) { line in
            line.put(cell: Int64(batch.position))
            line.put(cell: Int64(batch.sizeBytes))
            line.put(cell: batch.baseOffset)
            line.put(cell: batch.lastOffset)
            line.put(cell: batch.recordCount.map(Int64.init))
            line.put(cell: Int64(batch.magic))
            line.put(UInt8(ascii: "\t"))
            line.put(codecOf: batch)
            line.put(UInt8(ascii: "\t"))
            line.put(batch.timestampType)
            line.put(cell: batch.maxTimestamp)
            line.put(cell: batch.header?.producerID)
            line.put(cell: batch.header.map { Int64($0.producerEpoch) })
            line.put(cell: batch.header.map { Int64($0.baseSequence) })
            line.put(cell: batch.header.map { Int64($0.partitionLeaderEpoch) })
            line.put(UInt8(ascii: "\t"))
            line.put(flagsOf: batch)
            line.put(cell: Int64(batch.storedCrc))
            line.put(batch.isValid ? "\ttrue" : "\tfalse")
        }
        return end()
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        guard printsRecords else { return .continue }
        recordStart.withUnsafeBytes { output.append($0) }
        output.write(atMost: 64) { line in
            line.put(decimal: record.offset)
            line.put(cell: record.timestamp)
        }
        if !appendDecoded(record, of: batch) {
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

extension TextCursor {
    @inline(__always)
    fileprivate mutating func put(cell number: Int64?) {
        put(UInt8(ascii: "\t"))
        if let number { put(decimal: number) } else { put(UInt8(ascii: "-")) }
    }
}
