internal import KafkaRecords

extension LogInspection {
    /// Reads a batch, checks it, hands it and its records out. False when to stop.
    mutating func show(
        _ entry: RecordSetEntry, _ visitor: inout some InspectionVisitor
    ) throws(LogError) -> Bool {
        if let header = try headerOfPieces(entry) { return try showInPieces(header, &visitor) }
        let memory = try file.bytes(at: position, count: entry.sizeBytes)
        let bytes = UnsafeRawBufferPointer(memory)
        guard bytes.count == entry.sizeBytes, var batch = inspect(bytes, entry) else {
            return hasShrunk(&visitor)
        }
        if entry.magic > 2 { memory[16] = 2 }
        let structure = checkStructure(of: bytes, &batch)
        guard let goesOn = begin(batch, structure, &visitor) else {
            return showRecords(of: batch, bytes, &visitor)
        }
        return goesOn
    }

    /// Hands out the batch and what its header and CRC tell.
    ///
    /// - Returns: nil when its records are to be read, else whether to go on behind it.
    mutating func begin(
        _ batch: InspectedBatch, _ structure: RecordsError?,
        _ visitor: inout some InspectionVisitor
    ) -> Bool? {
        if let base = batch.baseOffset, base > options.toOffset { return false }
        totals.contents.add(batch)
        indexes.follow(batch)
        if visitor.visit(batch: batch) == .stop { return stopped() }
        if !batch.isValid {
            let (stored, computed) = (batch.storedCrc, batch.computedCrc)
            visitor.report(
                finding(
                    .crcMismatch, .corruption, offset: batch.baseOffset ?? batch.lastOffset,
                    stored: Int64(stored), expected: Int64(computed),
                    "CRC stored \(stored) at byte \(position + (batch.header == nil ? 12 : 17)),"
                        + " computed \(computed)"))
        }
        suspectPosition = batch.isValid ? nil : position
        checkOrder(of: batch, &visitor)
        if let structure {
            report(structure, in: batch, &visitor)
            return true
        }
        return options.readsRecords ? nil : true
    }

    /// Somebody cut the file while it was read.
    mutating func hasShrunk(_ visitor: inout some InspectionVisitor) -> Bool {
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
    mutating func checkStructure(
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

    mutating func stopped() -> Bool {
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
            totals.contents.gapCount += 1
            visitor.report(
                finding(
                    .offsetGap, .note, offset: base, stored: base, expected: expected,
                    "offset \(base) follows \(expected &- 1)"))
        }
        let next = max(base, batch.lastOffset)
        expectedOffset = max(expectedOffset ?? .min, next == .max ? next : next + 1)
    }
}
