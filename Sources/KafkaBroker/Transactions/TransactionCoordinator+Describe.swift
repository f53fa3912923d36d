import KafkaBase
import KafkaWire

/// DescribeTransactions and ListTransactions (KIP-664, KIP-994).
extension TransactionCoordinator {
    typealias Description = DescribeTransactionsResponse.TransactionState
    typealias Listing = ListTransactionsResponse.TransactionState

    /// What ListTransactions asks for; what is not set lets all pass.
    struct Filter: Sendable {
        var statuses: Set<TransactionStatus>?
        var producerIDs: Set<Int64> = []
        /// Only transactions that were begun longer ago, in ms; below 0 for all.
        var minDurationMs: Int64 = -1
        /// That ids have to match as a whole.
        var pattern: TopicPattern?
    }

    func describe(_ transactionalID: String) -> Description {
        var description = Description()
        description.transactionalId = transactionalID
        guard !transactionalID.isEmpty else {
            description.errorCode = .invalidRequest
            return description
        }
        guard let transaction = transactions[transactionalID] else {
            description.errorCode = .transactionalIdNotFound
            return description
        }
        let metadata = transaction.metadata
        description.transactionState = metadata.status.name
        description.transactionTimeoutMs = metadata.timeoutMs
        description.transactionStartTimeMs = metadata.startMs
        description.producerId = metadata.producerID
        description.producerEpoch = metadata.epoch
        let partitions = metadata.status.isPrepared ? transaction.unmarked : metadata.partitions
        description.topics = partitions.numbersByTopic.map { name, numbers in
            var topic = DescribeTransactionsResponse.TopicData()
            topic.topic = name
            topic.partitions = numbers
            return topic
        }
        return description
    }

    /// - Throws: `PatternError` when the pattern takes too many steps.
    func list(_ filter: Filter) throws(PatternError) -> [Listing] {
        let listings = unmatched(filter)
        guard let pattern = filter.pattern else { return listings }
        let matching = try pattern.matching(listings.map(\.transactionalId))
        return listings.filter { matching.contains($0.transactionalId) }
    }

    /// What passes all but the pattern.
    private func unmatched(_ filter: Filter) -> [Listing] {
        transactions.values.compactMap { transaction in
            let metadata = transaction.metadata
            let isOld =
                filter.minDurationMs < 0 || nowMs - metadata.startMs > filter.minDurationMs
            guard isOld, filter.statuses?.contains(metadata.status) ?? true,
                filter.producerIDs.isEmpty || filter.producerIDs.contains(metadata.producerID)
            else { return nil }
            var listing = Listing()
            listing.transactionalId = transaction.id
            listing.producerId = metadata.producerID
            listing.transactionState = metadata.status.name
            return listing
        }
    }
}
