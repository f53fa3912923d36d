internal import KafkaRecords

/// Which transactions the batches belong to that compaction walks through, and whether anything is
/// left of them (Kafka's `CleanedTransactionMetadata`).
///
/// A value of one walk, batch by batch in the order of offsets. Memory: the transactions that are
/// open at one place of the log, and the aborted ones of a segment.
struct CleanedTransactions {
    private struct Aborted {
        var entry: TransactionIndexEntry
        var hasData = false
    }

    /// Aborted ones that begin further on, the next one last.
    private var upcoming: [TransactionIndexEntry] = []
    /// By producer id.
    private var aborted: [Int64: Aborted] = [:]
    /// Producers of whose committed transaction there was data.
    private var committed: Set<Int64> = []

    /// Makes aborted transactions known before their first batch comes. One may be told again as
    /// long as its marker has not come.
    mutating func add(_ entries: [TransactionIndexEntry]) {
        guard !entries.isEmpty else { return }
        upcoming += entries
        upcoming.sort { $0.firstOffset > $1.firstOffset }
    }

    /// - Returns: whether the batch is of an aborted transaction, so that its records go.
    mutating func readData(_ header: RecordBatchHeader) -> Bool {
        begin(upTo: header.lastOffset)
        guard header.attributes.isTransactional else { return false }
        guard aborted[header.producerID] != nil else {
            committed.insert(header.producerID)
            return false
        }
        aborted[header.producerID]?.hasData = true
        return true
    }

    /// What is known of a control batch.
    struct Control: Equatable {
        /// Nothing of the transaction was there any more.
        var isObsolete: Bool
        /// The transaction that it aborts, if there was something of it.
        var aborted: TransactionIndexEntry?
    }

    /// - Parameter marker: nil for an emptied batch, and for one that ends no transaction.
    mutating func readControl(
        _ header: RecordBatchHeader, _ marker: EndTransactionMarker?
    ) -> Control {
        begin(upTo: header.lastOffset)
        guard let marker else { return Control(isObsolete: header.recordCount == 0) }
        if marker.isCommit {
            return Control(isObsolete: committed.remove(header.producerID) == nil)
        }
        guard let open = aborted.removeValue(forKey: header.producerID), open.hasData else {
            return Control(isObsolete: true)
        }
        return Control(isObsolete: false, aborted: open.entry)
    }

    private mutating func begin(upTo offset: Int64) {
        while let next = upcoming.last, next.firstOffset <= offset {
            upcoming.removeLast()
            if aborted[next.producerID] == nil { aborted[next.producerID] = Aborted(entry: next) }
        }
    }
}
