internal import KafkaRecords

/// Tells which batches of a fetched range belong to aborted transactions (KIP-98; Java's
/// `CompletedFetch`). A value for one walk over the range, from its start.
struct AbortedTransactionFilter {
    /// Not begun yet, by first offset.
    private var ahead: ArraySlice<FetchedRecords.AbortedTransaction>
    /// Producers inside an aborted transaction.
    private var aborting: Set<Int64> = []

    init(_ transactions: [FetchedRecords.AbortedTransaction]) {
        ahead = transactions.sorted { $0.firstOffset < $1.firstOffset }[...]
    }

    /// Whether the batch's records are hidden. To be called for each batch in order.
    ///
    /// - Parameter isAbortMarker: looked at for control batches alone.
    mutating func hides(
        _ header: RecordBatchHeader, isAbortMarker: () throws(RecordsError) -> Bool
    ) throws(RecordsError) -> Bool {
        while let next = ahead.first, next.firstOffset <= header.lastOffset {
            aborting.insert(next.producerID)
            ahead.removeFirst()
        }
        guard !aborting.isEmpty, header.producerID >= 0, aborting.contains(header.producerID) else {
            return false
        }
        if header.attributes.isControl {
            if try isAbortMarker() { aborting.remove(header.producerID) }
            return false
        }
        return header.attributes.isTransactional
    }
}
