internal import KafkaRecords

extension LogInspection {
    /// Reads a whole batch, checks it, hands it and its records out. False when to stop.
    mutating func show(
        _ entry: RecordSetEntry, _ visitor: inout some InspectionVisitor
    ) throws(LogError) -> Bool {
        let memory = try file.bytes(at: position, count: entry.sizeBytes)
        let bytes = UnsafeRawBufferPointer(memory)
        guard bytes.count == entry.sizeBytes, var batch = inspect(bytes, entry) else {
            return hasShrunk(&visitor)
        }
        if entry.magic > 2 { memory[16] = 2 }
        let structure = checkStructure(of: bytes, &batch)
        if let base = batch.baseOffset, base > options.toOffset { return false }
        count(batch)
        if visitor.visit(batch: batch) == .stop { return stopped() }
        if !batch.isValid {
            let (stored, computed) = (batch.storedCrc, batch.computedCrc)
            visitor.report(
                finding(
                    .crcMismatch, .corruption, offset: batch.baseOffset ?? batch.lastOffset,
                    stored: Int64(stored), expected: Int64(computed),
                    "CRC stored \(stored), computed \(computed)"))
        }
        suspectPosition = batch.isValid ? nil : position
        checkOrder(of: batch, &visitor)
        if let structure {
            report(structure, in: batch, &visitor)
            return true
        }
        guard options.readsRecords else { return true }
        return showRecords(of: batch, bytes, &visitor)
    }

    /// Somebody cut the file while it was read.
    private mutating func hasShrunk(_ visitor: inout some InspectionVisitor) -> Bool {
        visitor.report(
            finding(.truncatedTail, .warning, "the file ends earlier than when it was opened"))
        totals.endsBroken = true
        return false
    }

    private func inspect(
        _ bytes: UnsafeRawBufferPointer, _ entry: RecordSetEntry
    ) -> InspectedBatch? {
        guard entry.magic < 2 else { return try? InspectedBatch(batch: bytes, position: position) }
        return InspectedBatch(message: bytes, entry: entry, position: position)
    }

    /// What the header says of itself, and where an old compressed set begins.
    private mutating func checkStructure(
        of bytes: UnsafeRawBufferPointer, _ batch: inout InspectedBatch
    ) -> RecordsError? {
        do throws(RecordsError) {
            let summary = try BatchSummary(bytes, reader: &reader)
            if batch.baseOffset == nil { batch.baseOffset = summary.baseOffset }
            return nil
        } catch {
            return error
        }
    }

    private mutating func count(_ batch: InspectedBatch) {
        totals.batchCount += 1
        totals.batchBytes += batch.sizeBytes
        totals.firstOffset = totals.firstOffset ?? batch.baseOffset ?? batch.lastOffset
        totals.lastOffset = max(totals.lastOffset ?? .min, batch.lastOffset)
    }

    private mutating func stopped() -> Bool {
        totals.wasStopped = true
        return false
    }

    /// Offsets rise; gaps are normal after compaction.
    private mutating func checkOrder(
        of batch: InspectedBatch, _ visitor: inout some InspectionVisitor
    ) {
        let base = batch.baseOffset ?? batch.lastOffset
        if batch.lastOffset < base {
            visitor.report(
                finding(
                    .badHeader, .corruption, offset: base,
                    stored: batch.header.map { Int64($0.lastOffsetDelta) },
                    "the last offset \(batch.lastOffset) lies before the base offset"))
        }
        if let expected = expectedOffset ?? options.baseOffset, base < expected {
            let what =
                expectedOffset == nil
                ? "offset \(base) lies before the segment's base offset \(expected)"
                : "offset \(base) follows \(expected &- 1)"
            visitor.report(
                finding(
                    .offsetRegression, .corruption, offset: base, stored: base, expected: expected,
                    what))
        } else if let expected = expectedOffset, base > expected, batch.baseOffset != nil {
            visitor.report(
                finding(
                    .offsetGap, .note, offset: base, stored: base, expected: expected,
                    "offset \(base) follows \(expected &- 1)"))
        }
        let next = max(base, batch.lastOffset)
        expectedOffset = max(expectedOffset ?? .min, next == .max ? next : next + 1)
    }
}

// MARK: Records

extension LogInspection {
    /// Walks the records, those of interest to the visitor, all of them to be checked.
    private mutating func showRecords(
        of batch: InspectedBatch, _ bytes: UnsafeRawBufferPointer,
        _ visitor: inout some InspectionVisitor
    ) -> Bool {
        var check = RecordsCheck(batch)
        var goesOn = RecordVisit.continue
        let wanted = options.fromOffset...max(options.fromOffset, options.toOffset)
        do throws(RecordsError) {
            if batch.header != nil {
                try reader.forEachRecord(in: bytes) { record in
                    check.see(record)
                    guard wanted.contains(record.offset) else { return .continue }
                    goesOn = visitor.visit(record: record, of: batch, message: nil)
                    return goesOn
                }
            } else {
                try reader.forEachLegacyRecord(in: bytes) { record, message in
                    check.see(record)
                    guard wanted.contains(record.offset) else { return .continue }
                    goesOn = visitor.visit(record: record, of: batch, message: message)
                    return goesOn
                }
            }
            totals.recordCount += check.count
            guard goesOn == .continue else { return stopped() }
            for problem in check.problems() { visitor.report(problem.finding(in: self)) }
        } catch {
            totals.recordCount += check.count
            report(error, in: batch, &visitor)
        }
        return true
    }

    private func report(
        _ error: RecordsError, in batch: InspectedBatch, _ visitor: inout some InspectionVisitor
    ) {
        var stored: Int64?
        let kind: Finding.Kind
        switch error {
        case .unknownCodec(let codec):
            kind = .unknownCodec
            stored = Int64(codec)
        case .decompressionFailed: kind = .decompressionFailed
        case .decompressedTooLarge: kind = .decompressedTooLarge
        case .invalidRecordCount(let count):
            kind = .badHeader
            stored = Int64(count)
        default: kind = .badRecord
        }
        visitor.report(
            finding(
                kind, .corruption, offset: batch.baseOffset ?? batch.lastOffset, stored: stored,
                error.description))
    }
}

/// What the records of a batch must have in common with its header.
private struct RecordsCheck {
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

    private let batch: InspectedBatch
    private(set) var count = 0
    private var maxTimestamp = Int64.min
    private var previousOffset: Int64?
    /// The first record whose offset does not rise or lies outside of the batch.
    private var strayOffset: Int64?

    init(_ batch: InspectedBatch) {
        self.batch = batch
    }

    @inline(__always)
    mutating func see(_ record: RecordView) {
        count += 1
        maxTimestamp = max(maxTimestamp, record.timestamp)
        let floor = previousOffset ?? .min
        if record.offset <= floor || record.offset > batch.lastOffset, strayOffset == nil {
            strayOffset = record.offset
        }
        previousOffset = record.offset
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
        if batch.header != nil, batch.timestampType == .createTime, count > 0,
            maxTimestamp != batch.maxTimestamp
        {
            problems.append(
                Problem(
                    kind: .wrongMaxTimestamp, offset: batch.baseOffset ?? batch.lastOffset,
                    stored: batch.maxTimestamp, expected: maxTimestamp,
                    message: "max timestamp \(batch.maxTimestamp),"
                        + " the records have \(maxTimestamp)"))
        }
        return problems
    }
}
