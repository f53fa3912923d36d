internal import KafkaRecords

/// Compares a transaction index with its log: every entry has its abort marker, and every abort
/// marker of a transaction whose records the segment has is in the index.
///
/// Made once by a walk over the log; what it keeps is one small value for each abort marker and
/// each open transaction, up to a limit above which nothing is said. One owner.
struct TransactionIndexCheck {
    private var markers = AbortMarkers()

    init(logPath: String, baseOffset: Int64, on disk: any Disk) throws(LogError) {
        let options = LogInspection.Options(baseOffset: baseOffset)
        var inspection = try LogInspection(path: logPath, options: options, on: disk)
        try inspection.run(&markers)
        markers.endsBroken = markers.endsBroken || inspection.totals.endsBroken
        markers.lastOffset = inspection.totals.contents.lastOffset
    }

    /// What the log has against an entry.
    mutating func problem(of entry: InspectedTransactionEntry) -> IndexProblem? {
        guard !markers.endsBroken else { return nil }
        markers.aborts[entry.lastOffset]?.isIndexed = true
        guard let marker = markers.aborts[entry.lastOffset] else {
            // Compaction takes markers away and keeps the entries.
            let isPastEnd = entry.lastOffset > markers.lastOffset ?? .min
            return IndexProblem(
                kind: .entryTransaction, severity: isPastEnd ? .corruption : .note,
                stored: entry.lastOffset,
                message: isPastEnd
                    ? "the last offset \(entry.lastOffset) lies past the log's end"
                    : "the log has no abort marker at offset \(entry.lastOffset)")
        }
        if marker.producerID != entry.producerID {
            return IndexProblem(
                kind: .entryTransaction, stored: entry.producerID, expected: marker.producerID,
                message: "producer \(entry.producerID), the marker at offset \(entry.lastOffset)"
                    + " is of producer \(marker.producerID)")
        }
        if let first = marker.firstOffset, first < entry.firstOffset {
            return IndexProblem(
                kind: .entryTransaction, stored: entry.firstOffset, expected: first,
                message: "the first offset \(entry.firstOffset), but the log has the"
                    + " transaction's records from \(first) on")
        }
        return nil
    }

    /// Abort markers that no entry tells of: consumers would read what was aborted.
    func reportMissing(
        path: String, position: Int, _ visitor: inout some InspectionVisitor
    ) {
        guard !markers.endsBroken else { return }
        for (offset, marker) in markers.aborts.sorted(by: { $0.key < $1.key })
        where marker.firstOffset != nil && !marker.isIndexed {
            visitor.report(
                Finding(
                    .missingEntry, .corruption, path: path, position: position, offset: offset,
                    "no entry for producer \(marker.producerID)'s transaction that the log aborts"
                        + " at offset \(offset)"))
        }
    }
}

/// Collects a log's abort markers, each with where its transaction's records begin.
private struct AbortMarkers: InspectionVisitor {
    struct Marker {
        var producerID: Int64
        /// Of the transaction's first record in this segment; nil where it has none here.
        var firstOffset: Int64?
        var isIndexed = false
    }

    /// By their offsets.
    var aborts: [Int64: Marker] = [:]
    var lastOffset: Int64?
    /// The log could not be read as far as it goes, or has more markers than are kept.
    var endsBroken = false
    private var open: [Int64: Int64] = [:]
    private static let countMax = 4_000_000

    mutating func visit(batch: InspectedBatch) -> RecordVisit {
        guard let header = batch.header, header.attributes.isTransactional,
            !header.attributes.isControl, header.recordCount > 0
        else { return .continue }
        if open[header.producerID] == nil { open[header.producerID] = header.baseOffset }
        return open.count < AbortMarkers.countMax ? .continue : giveUp()
    }

    mutating func visit(
        record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
    ) -> RecordVisit {
        guard let header = batch.header, header.attributes.isControl else { return .continue }
        let type = ControlRecordType(key: record.key)
        guard type == .abort || type == .commit else { return .continue }
        let first = open.removeValue(forKey: header.producerID)
        guard type == .abort else { return .continue }
        guard aborts.count < AbortMarkers.countMax else { return giveUp() }
        aborts[record.offset] = Marker(producerID: header.producerID, firstOffset: first)
        return .continue
    }

    private mutating func giveUp() -> RecordVisit {
        endsBroken = true
        return .stop
    }

    mutating func report(_ finding: Finding) {}
}
