import KafkaBase
import NIOCore

/// Makes sure that a transaction runs in a partition before records of it are appended there, so
/// that none is left open that no coordinator ends (KIP-890).
///
/// Any thread. What is asked for one partition is answered in order.
struct TransactionVerifier: Sendable {
    let transactions: Coordinators<TransactionCoordinator>
    /// `transaction.partition.verification.enable`.
    let isEnabled: Bool

    init(_ node: BrokerNode) {
        transactions = node.transactions
        isEnabled =
            node.settings.value(of: "transaction.partition.verification.enable") != "false"
    }

    /// - Parameters:
    ///   - sequence: of the records' batch; -1 for records without.
    ///   - then: called on the partition's event loop. With `none` the records may be appended
    ///     before it returns, and no later.
    func verify(
        _ partition: Partition, transactionalID: String, producer: ProducerIdentity,
        sequence: Int32, support: TransactionSupport, nowMs: Int64,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let raisesEpoch = support == .adding
        partition.eventLoop.runOrHop {
            guard isEnabled || support == .adding,
                let mark = partition.beginVerification(
                    producer, sequence: sequence, raisesEpoch: raisesEpoch, nowMs: nowMs)
            else { return then(.none) }
            ask(partition.name, transactionalID, producer, support) { code in
                partition.eventLoop.runOrHop {
                    guard code == .none else { return then(code) }
                    then(
                        partition.verified(
                            mark, producer, sequence: sequence, raisesEpoch: raisesEpoch))
                }
            }
        }
    }

    private func ask(
        _ name: TopicPartition, _ transactionalID: String, _ producer: ProducerIdentity,
        _ support: TransactionSupport, then: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let version = TransactionMetadata.firstVersionWithEpochBump
        let request = Transaction.PartitionsRequest(
            kind: support == .adding ? .add(clientVersion: version) : .verify, producer: producer,
            partitions: [name]
        ) { code, missing in
            then(code == .none && !missing.isEmpty ? .transactionAbortable : code)
        }
        transactions.perform(transactionalID) { state, _ in
            state.handle(request, of: transactionalID)
        } orElse: { code in
            then(code)
        }
    }
}
