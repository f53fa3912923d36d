import KafkaBase
import KafkaLog
import NIOCore

/// What a partition does about transactions besides appending. On the event loop.
extension Partition {
    /// Whether the producer has written in a transaction here that is still open.
    private func hasOpenTransaction(_ producerID: Int64) -> Bool {
        log.producers.entries[producerID]?.transactionFirstOffset != nil
    }

    /// Begins the append of records of a transaction.
    ///
    /// - Parameter sequence: -1 for records without.
    /// - Returns: nil when the transaction is known to run here; else the coordinator has to be
    ///   asked, and the answer brought to `verified`.
    func beginVerification(
        _ producer: ProducerIdentity, sequence: Int32, nowMs: Int64
    ) -> TransactionVerifications.Guard? {
        eventLoop.preconditionInEventLoop()
        guard !hasOpenTransaction(producer.id) else { return nil }
        return verifications.begin(producer, sequence: sequence, nowMs: nowMs)
    }

    /// Whether the records may be appended now that the coordinator has said that the transaction
    /// runs here.
    ///
    /// - Parameter startsAtZero: whether the client starts its sequences anew with each transaction
    ///   (`transaction.version` 2), so that others cannot be its first.
    func verified(
        _ mark: TransactionVerifications.Guard, _ producer: ProducerIdentity, sequence: Int32,
        startsAtZero: Bool
    ) -> ErrorCode {
        // One that came before with the same guard has begun the transaction.
        if hasOpenTransaction(producer.id) { return .none }
        guard verifications.stands(mark, of: producer.id) else { return .invalidTxnState }
        guard sequence >= 0 else { return .none }
        let isNew = log.producers.entries[producer.id]?.batches.isEmpty ?? true
        if startsAtZero && isNew && sequence != 0 { return .outOfOrderSequenceNumber }
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
