import KafkaBase

/// How far a client that writes into a transaction goes along with KIP-890, as the version of its
/// request tells (Kafka's `TransactionSupportedOperation`).
enum TransactionSupport: Sendable {
    /// It has added the partition before; one that is missing is `INVALID_TXN_STATE`.
    case legacy
    /// Likewise, and it knows `TRANSACTION_ABORTABLE`.
    case abortable
    /// `transaction.version` 2: what it writes to becomes part of the transaction.
    case adding

    static func ofProduce(_ version: Int16) -> TransactionSupport {
        version >= 12 ? .adding : version == 11 ? .abortable : .legacy
    }

    static func ofTxnOffsetCommit(_ version: Int16) -> TransactionSupport {
        version >= 5 ? .adding : version == 4 ? .abortable : .legacy
    }

    /// What the client is told instead of what the coordinator said (Kafka's
    /// `AddPartitionsToTxnManager`).
    func code(_ code: ErrorCode) -> ErrorCode {
        switch code {
        case .producerFenced: .invalidProducerEpoch
        case .transactionAbortable where self == .legacy: .invalidTxnState
        default: code
        }
    }

    /// Likewise for Produce: older clients would not send again after some of the errors that pass
    /// (Kafka's `ReplicaManager.handleProduceAppend`).
    func produceFailure(_ code: ErrorCode) -> ProduceFailure {
        let code = self.code(code)
        switch code {
        case .invalidTxnState:
            return ProduceFailure(code, "Partition was not added to the transaction")
        case .concurrentTransactions where self == .adding: return ProduceFailure(code)
        case .concurrentTransactions, .coordinatorLoadInProgress, .coordinatorNotAvailable,
            .notCoordinator:
            return ProduceFailure(
                .notEnoughReplicas,
                "Unable to verify the partition has been added to the transaction. "
                    + "Underlying error: \(code)")
        default: return ProduceFailure(code)
        }
    }
}
