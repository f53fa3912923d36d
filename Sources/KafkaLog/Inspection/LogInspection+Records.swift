internal import KafkaRecords

extension LogInspection {
    /// Walks the records of a batch that is in memory: all of them to be checked, those of interest
    /// to be handed out. False when to stop.
    mutating func showRecords(
        of batch: InspectedBatch, _ bytes: UnsafeRawBufferPointer,
        _ visitor: inout some InspectionVisitor
    ) -> Bool {
        var records = BatchRecords(batch, options)
        do throws(RecordsError) {
            if batch.header != nil {
                try reader.forEachRecord(in: bytes) { record in
                    records.take(record, nil, &visitor)
                }
            } else {
                // Where the set's own CRC is wrong, so are others.
                let isPacked = batch.isValid && batch.attributes.codec != CompressionCodec.none
                try reader.forEachLegacyRecord(in: bytes) { record, message in
                    if isPacked { records.check(message, of: record) }
                    return records.take(record, message, &visitor)
                }
            }
        } catch {
            return end(records, error, &visitor)
        }
        return end(records, nil, &visitor)
    }

    /// Adds up what the records were; false when to stop.
    private mutating func end(
        _ records: BatchRecords, _ error: RecordsError?, _ visitor: inout some InspectionVisitor
    ) -> Bool {
        let batch = records.batch
        totals.contents.recordCount += records.count
        if let timestamps = records.timestamps { totals.contents.add(timestamps: timestamps) }
        if let error {
            report(error, in: batch, &visitor)
            return true
        }
        guard records.goesOn == .continue else { return stopped() }
        if batch.attributes.codec != CompressionCodec.none {
            let header = batch.header == nil ? 0 : RecordBatchHeader.byteCount
            totals.contents.uncompressedBytes +=
                reader.uncompressedByteCount + header - batch.sizeBytes
        }
        for problem in records.problems() { visitor.report(problem.finding(in: self)) }
        return true
    }

    /// What keeps a batch's records, or some of them, from being read.
    func report(
        _ error: RecordsError, in batch: InspectedBatch, _ visitor: inout some InspectionVisitor
    ) {
        var stored: Int64?
        var field: Int?
        let kind: Finding.Kind
        switch error {
        case .unknownCodec(let codec):
            kind = .unknownCodec
            stored = Int64(codec)
            field = batch.header == nil ? 17 : 22
        case .decompressionFailed: kind = .decompressionFailed
        case .decompressedTooLarge: kind = .decompressedTooLarge
        case .invalidRecordCount(let count):
            kind = .badHeader
            stored = Int64(count)
            field = 57
        default: kind = .badRecord
        }
        visitor.report(
            finding(
                kind, .corruption, offset: batch.baseOffset ?? batch.lastOffset, stored: stored,
                error.description + (field.map { " at byte \(position + $0)" } ?? "")))
    }
}

// MARK: Large batches

extension LogInspection {
    /// The header of a batch that is too large to be read at once, and need not be: nothing in it
    /// is to be unpacked. Nil for others.
    mutating func headerOfPieces(_ entry: RecordSetEntry) throws(LogError) -> RecordBatchHeader? {
        guard entry.magic >= 2, entry.sizeBytes > LogInspection.pieceBytes else { return nil }
        let bytes = UnsafeRawBufferPointer(
            try file.bytes(at: position, count: RecordBatchHeader.byteCount))
        guard let header = try? RecordBatchHeader(bytes) else { return nil }
        let isPacked = (header.attributes.codec ?? .none) != .none
        return isPacked && options.readsRecords ? nil : header
    }

    /// As `show`, for such a batch: goes over it once for the CRC and once for the records.
    mutating func showInPieces(
        _ header: RecordBatchHeader, _ visitor: inout some InspectionVisitor
    ) throws(LogError) -> Bool {
        let batchEnd = position + header.sizeBytes
        let crc = try file.crc32c(from: position + RecordBatchHeader.crcStart, to: batchEnd)
        guard file.size >= batchEnd else { return hasShrunk(&visitor) }
        let batch = InspectedBatch(
            header, sizeBytes: header.sizeBytes, position: position, computedCrc: crc)
        var header = header
        // A newer one is here only where it is to be read as this.
        header.magic = 2
        var structure: RecordsError?
        do throws(RecordsError) { try header.validate() } catch { structure = error }
        if let goesOn = begin(batch, structure, &visitor) { return goesOn }
        var records = BatchRecords(batch, options)
        let error = try walk(header, to: batchEnd, &records, &visitor)
        return end(records, error, &visitor)
    }

    /// The records of a batch, read piece by piece.
    ///
    /// - Returns: what is wrong with one of them.
    private mutating func walk(
        _ header: RecordBatchHeader, to batchEnd: Int, _ records: inout BatchRecords,
        _ visitor: inout some InspectionVisitor
    ) throws(LogError) -> RecordsError? {
        var walk = RecordWalk(header)
        var start = position + RecordBatchHeader.byteCount
        var pieceBytes = InspectedFile.chunkBytes
        // A record that claims more than the batch has: nothing more need be read to say so.
        var isMalformed = false
        while true {
            let wanted = min(pieceBytes, batchEnd - start)
            let piece = UnsafeRawBufferPointer(try file.bytes(at: start, count: wanted))
            let isLast = start + piece.count >= batchEnd || piece.count < wanted || isMalformed
            do throws(RecordsError) {
                let walked = try walk.walk(piece, isLast: isLast) {
                    records.take($0, nil, &visitor)
                }
                if isLast || walk.isStopped { return nil }
                start += walked
                isMalformed = walked == 0 && walk.neededBytes > batchEnd - start
                pieceBytes = max(
                    InspectedFile.chunkBytes, walked == 0 && !isMalformed ? walk.neededBytes : 0)
            } catch {
                return error
            }
        }
    }
}

/// Sees the records of one batch: hands out those of interest, and checks what they must have in
/// common with the header.
struct BatchRecords {
    struct Problem {
        var kind: Finding.Kind
        var offset: Int64
        var stored: Int64
        var expected: Int64?
        var message: String

        func finding(in inspection: borrowing LogInspection) -> Finding {
            inspection.finding(
                kind, .corruption, offset: offset, stored: stored, expected: expected, message)
        }
    }

    let batch: InspectedBatch
    private(set) var count = 0
    /// What the visitor said last.
    private(set) var goesOn = RecordVisit.continue
    private let handsOut: Bool
    private let wanted: ClosedRange<Int64>
    private var maxTimestamp = Int64.min
    /// Of those that there are: negative ones are large when taken for unsigned.
    private var minTimestamp = UInt64.max
    private var previousOffset = Int64.min
    /// The first record whose offset does not rise or lies outside of the batch.
    private var strayOffset: Int64?
    /// Of an old set, the first message inside whose own CRC is wrong.
    private var badMessage: (offset: Int64, stored: UInt32, computed: UInt32)?

    init(_ batch: InspectedBatch, _ options: LogInspection.Options) {
        self.batch = batch
        handsOut = options.handsOutRecords
        wanted = options.fromOffset...max(options.fromOffset, options.toOffset)
    }

    @inline(__always)
    mutating func take(
        _ record: RecordView, _ message: UnsafeRawBufferPointer?,
        _ visitor: inout some InspectionVisitor
    ) -> RecordVisit {
        count += 1
        maxTimestamp = max(maxTimestamp, record.timestamp)
        minTimestamp = min(minTimestamp, UInt64(bitPattern: record.timestamp))
        if record.offset <= previousOffset || record.offset > batch.lastOffset, strayOffset == nil {
            strayOffset = record.offset
        }
        previousOffset = record.offset
        guard handsOut, wanted.contains(record.offset) else { return .continue }
        goesOn = visitor.visit(record: record, of: batch, message: message)
        return goesOn
    }

    /// Checks the CRC of a message in a compressed set, which the set's own does not stand for.
    mutating func check(_ message: UnsafeRawBufferPointer, of record: RecordView) {
        guard badMessage == nil else { return }
        do throws(RecordsError) {
            try BatchSummary.verifyCrc(of: message)
        } catch .crcMismatch(let stored, let computed) {
            badMessage = (record.offset, stored, computed)
        } catch {
            // What cannot be read at all is told of the set.
        }
    }

    /// From the earliest to the latest; nil where no record has any.
    var timestamps: ClosedRange<Int64>? {
        guard let first = Int64(exactly: minTimestamp), first <= maxTimestamp else { return nil }
        return first...maxTimestamp
    }

    func problems() -> [Problem] {
        var problems: [Problem] = []
        if let strayOffset {
            problems.append(
                Problem(
                    kind: .badRecord, offset: batch.baseOffset ?? batch.lastOffset,
                    stored: strayOffset, expected: nil,
                    message: "a record has offset \(strayOffset), out of order or of the batch"))
        }
        if let badMessage {
            problems.append(
                Problem(
                    kind: .crcMismatch, offset: badMessage.offset,
                    stored: Int64(badMessage.stored), expected: Int64(badMessage.computed),
                    message: "CRC of the message with offset \(badMessage.offset) stored"
                        + " \(badMessage.stored), computed \(badMessage.computed)"))
        }
        if batch.header != nil, batch.timestampType == .createTime, count > 0,
            maxTimestamp != batch.maxTimestamp
        {
            problems.append(
                Problem(
                    kind: .wrongMaxTimestamp, offset: batch.baseOffset ?? batch.lastOffset,
                    stored: batch.maxTimestamp, expected: maxTimestamp,
                    message: "max timestamp \(batch.maxTimestamp) at byte \(batch.position + 35),"
                        + " the records have \(maxTimestamp)"))
        }
        return problems
    }
}
