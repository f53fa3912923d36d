internal import KafkaBase
internal import KafkaClient

/// Tells transactions that hang from those that are only slow.
enum HangingSearch {
    /// Open transactions of which no coordinator knows.
    ///
    /// - Parameters:
    ///   - open: rows of all producers.
    ///   - beforeMs: what was written to later may still be on its way to its coordinator.
    ///   - known: by producer, the partitions of the transactions that coordinators hold open.
    static func hanging(
        among open: [ProducerRow], beforeMs: Int64, known: [Int64: Set<TopicPartition>]
    ) -> [ProducerRow] {
        open.filter { row in
            row.producer.transactionStartOffset != nil
                && row.producer.lastTimestampMs < beforeMs
                && known[row.producer.producerID]?.contains(row.partition) != true
        }
    }

    /// By producer, the partitions of transactions that coordinators hold open, with their ids.
    ///
    /// - Throws: `KafkaError`, also when any broker does not answer: then what hangs is not known.
    static func known(
        _ producers: Set<Int64>, _ client: KafkaClient
    ) async throws -> [TransactionDescription] {
        guard !producers.isEmpty else { return [] }
        let listed = try await client.listTransactions(producerIDs: producers)
        if let error = listed.failures.min(by: { $0.key < $1.key })?.value { throw error }
        let ids = listed.transactions.map(\.transactionalID)
        return try await client.describeTransactions(ids).values.compactMap { result in
            switch result {
            case .success(let transaction): transaction
            // Ended and forgotten since it was listed.
            case .failure(let error) where error.errorCode == .transactionalIdNotFound: nil
            case .failure(let error): throw error
            }
        }
    }
}
