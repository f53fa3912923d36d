import KafkaBase
import KafkaRecords
import Logging

/// The markers that end a transaction in its partitions, and the record that says that they are
/// written.
extension TransactionCoordinator {
    /// Ms before markers that a partition could not take are written again: doubled from round to
    /// round.
    static let firstRetryMs: Int64 = 50
    static let maxRetryMs: Int64 = 5_000

    /// Begins with the markers of a transaction whose end is decided.
    func writeMarkers(of transaction: Transaction) {
        transaction.unmarked = transaction.metadata.partitions
        transaction.failedRounds = 0
        writeNextRound(of: transaction)
    }

    /// Writes those that are missing.
    func writeNextRound(of transaction: Transaction) {
        guard !transaction.unmarked.isEmpty else {
            return complete(transaction)
        }
        let metadata = transaction.metadata
        let marker = TransactionMarker(
            producerID: metadata.producerID, producerEpoch: metadata.epoch,
            end: EndTransactionMarker(
                isCommit: metadata.status == .prepareCommit, coordinatorEpoch: epoch))
        let id = transaction.id
        // All are counted before the first answers.
        transaction.markersInFlight = transaction.unmarked.count
        for partition in transaction.unmarked.sorted() {
            environment.write(marker, to: partition) { code in
                self.didWrite(marker, of: id, to: partition, code)
            }
        }
    }

    /// Each marker of a round is answered once, and the next round begins after the last.
    private func didWrite(
        _ marker: TransactionMarker, of id: String, to partition: TopicPartition, _ code: ErrorCode
    ) {
        guard let transaction = transactions[id], transaction.markersInFlight > 0 else { return }
        transaction.markersInFlight -= 1
        if isSettled(code, transaction, partition) { transaction.unmarked.remove(partition) }
        guard transaction.markersInFlight == 0 else { return }
        if transaction.unmarked.isEmpty {
            complete(transaction)
        } else {
            retryLater(transaction)
        }
    }

    private func isSettled(
        _ code: ErrorCode, _ transaction: Transaction, _ partition: TopicPartition
    ) -> Bool {
        switch code {
        case .none: return true
        // It was deleted, and the transaction's records with it.
        case .unknownTopicOrPartition: return true
        // A later instance, or a later coordinator, has ended the transaction there.
        case .invalidProducerEpoch, .transactionCoordinatorFenced:
            logger.warning("\(transaction) is left as it is in \(partition): \(code)")
            return true
        default:
            if transaction.failedRounds == 0 {
                logger.warning("\(transaction) cannot be ended in \(partition) yet: \(code)")
            }
            return false
        }
    }

    private func retryLater(_ transaction: Transaction) {
        let doublings = min(transaction.failedRounds, 16)
        transaction.failedRounds += 1
        markerRetries.set(
            transaction.id, at: nowMs + min(Self.maxRetryMs, Self.firstRetryMs << doublings))
    }

    /// All markers are written.
    private func complete(_ transaction: Transaction) {
        guard transaction.metadata.status.isPrepared else { return }
        let id = transaction.id
        append(transaction.metadata.completed(nowMs: nowMs), of: transaction) {
            code in
            guard code != .none, let transaction = self.transactions[id] else { return }
            self.logger.warning("\(transaction): its end could not be noted: \(code)")
            if transaction.metadata.status.isPrepared {
                self.retryLater(transaction)
            }
        }
        guard !transaction.metadata.status.isPrepared else { return }
        stopWaitingForEnd(of: transaction)
    }
}
