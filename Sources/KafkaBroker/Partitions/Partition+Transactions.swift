import KafkaBase
import KafkaLog
import NIOCore

/// What a partition does about transactions besides appending. On the event loop.
extension Partition {
    /// Whether the producer has written in a transaction here that is still open. One of an earlier
    /// epoch is another: it has ended, and its marker is on its way.
    private func hasOpenTransaction(_ producer: ProducerIdentity) -> Bool {
        guard let entry = log.producers.entries[producer.id] else { return false }
        return entry.transactionFirstOffset != nil && entry.epoch == producer.epoch
    }

    /// Begins the append of records of a transaction.
    ///
    /// - Parameters:
    ///   - sequence: -1 for records without.
    ///   - raisesEpoch: whether each end raises the producer's epoch (`transaction.version` 2).
    /// - Returns: nil when the transaction is known to run here; else the coordinator has to be
    ///   asked, and the answer brought to `verified`.
    func beginVerification(
        _ producer: ProducerIdentity, sequence: Int32, raisesEpoch: Bool, nowMs: Int64
    ) -> TransactionVerifications.Guard? {
        eventLoop.preconditionInEventLoop()
        guard !hasOpenTransaction(producer) else { return nil }
        return verifications.begin(
            producer, sequence: sequence, raisesEpoch: raisesEpoch, nowMs: nowMs)
    }

    /// Whether the records may be appended now that the coordinator has said that the transaction
    /// runs here.
    ///
    /// - Parameter raisesEpoch: whether each end raises the producer's epoch: its sequences begin
    ///   anew with each transaction then, and others cannot be its first.
    func verified(
        _ mark: TransactionVerifications.Guard, _ producer: ProducerIdentity, sequence: Int32,
        raisesEpoch: Bool
    ) -> ErrorCode {
        // One that came before with the same guard has begun the transaction.
        if hasOpenTransaction(producer) { return .none }
        guard verifications.stands(mark, of: producer.id) else { return .invalidTxnState }
        guard sequence >= 0 else { return .none }
        let isNew = log.producers.entries[producer.id]?.batches.isEmpty ?? true
        if raisesEpoch && isNew && sequence != 0 { return .outOfOrderSequenceNumber }
        return verifications.isTooEarly(producer, sequence: sequence)
            ? .outOfOrderSequenceNumber : .none
    }

    /// Whether a marker of `transaction.version` 2 is not a late one: its epoch is above that of
    /// the records that it ends (KIP-1228). One that was written already may be repeated.
    func takes(_ marker: TransactionMarker, version: Int16) -> Bool {
        guard version >= TransactionMetadata.firstVersionWithEpochBump,
            let entry = log.producers.entries[marker.producerID]
        else { return true }
        return marker.producerEpoch > entry.epoch
            || (marker.producerEpoch == entry.epoch && entry.transactionFirstOffset == nil)
    }

    /// The producers that the log knows of, by their ids (KIP-664).
    var producers: [ProducerEntry] {
        eventLoop.preconditionInEventLoop()
        return log.producers.entries.values.sorted { $0.producerID < $1.producerID }
    }
}
