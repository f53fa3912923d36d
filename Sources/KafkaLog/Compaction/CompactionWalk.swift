internal import KafkaRecords

/// Takes the batches of a round in their order and hands on what stays of them. A value of a round.
struct CompactionWalk: ~Copyable {
    let rules: CompactionRules
    var transactions = CleanedTransactions()
    /// Whether anything was taken out or changed.
    var hasChanged = false
    private(set) var recordsRead: Int64 = 0
    private(set) var recordsKept: Int64 = 0
    private var filter = RecordBatchFilter()

    init(rules: CompactionRules) {
        self.rules = rules
    }

    /// - Returns: the bytes that were written.
    mutating func copy(
        _ batch: BatchStream.Batch, into writer: inout CleanedSegmentWriter,
        _ map: borrowing OffsetMap, _ path: String
    ) throws(LogError) -> Int {
        let header = batch.header
        let verdict = rules.verdict(
            on: header, isObsolete: isObsolete(batch, &writer))
        recordsRead += Int64(header.recordCount)
        if verdict.dropsRecords {
            hasChanged = true
            guard verdict.staysEmptied else { return 0 }
            return try CompactionWalk.write(filter.emptied(header), to: &writer)
        }
        switch try filtered(batch, verdict, map, path) {
        case .unchanged:
            recordsKept += Int64(header.recordCount)
            return try CompactionWalk.write(batch.bytes, to: &writer)
        case .rewritten(let bytes):
            hasChanged = true
            recordsKept += Int64(filter.keptCount)
            return try CompactionWalk.write(bytes, to: &writer)
        case .empty:
            guard verdict.staysEmptied else {
                hasChanged = true
                return 0
            }
            if header.recordCount > 0 { hasChanged = true }
            return try CompactionWalk.write(filter.emptied(header), to: &writer)
        }
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to writer: inout CleanedSegmentWriter
    ) throws(LogError) -> Int {
        try writer.append(bytes)
        return bytes.count
    }

    private mutating func isObsolete(
        _ batch: BatchStream.Batch, _ writer: inout CleanedSegmentWriter
    ) -> Bool {
        guard batch.header.attributes.isControl else {
            return transactions.readData(batch.header)
        }
        let control = transactions.readControl(
            batch.header, EndTransactionMarker(batch: batch.bytes))
        if let aborted = control.aborted { writer.append(aborted) }
        return control.isObsolete
    }

    private mutating func filtered(
        _ batch: BatchStream.Batch, _ verdict: CompactionRules.Verdict, _ map: borrowing OffsetMap,
        _ path: String
    ) throws(LogError) -> RecordBatchFilter.Outcome {
        let header = batch.header
        let isControl = header.attributes.isControl
        let rules = rules
        do throws(RecordsError) {
            return try filter.apply(
                to: batch.bytes, deleteHorizonMs: rules.deleteHorizonMs,
                needsHorizon: verdict.needsHorizon
            ) { isControl || rules.keeps($0, of: header, map) }
        } catch {
            throw CompactionWalk.corrupt(header, path, error)
        }
    }

    static func corrupt(
        _ header: RecordBatchHeader, _ path: String, _ error: RecordsError
    ) -> LogError {
        .corrupt(
            path: path, position: 0, reason: "the batch at offset \(header.baseOffset): \(error)")
    }
}
