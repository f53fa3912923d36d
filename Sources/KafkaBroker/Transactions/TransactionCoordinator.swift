import KafkaBase

/// The transactions of the transactional ids of one partition of `__transaction_state`.
///
/// Confined to the partition's event loop.
final class TransactionCoordinator: CoordinatorState {
    private let log: any CoordinatorLog

    init(log: any CoordinatorLog) {
        self.log = log
    }

    func replay(_ batch: CoordinatorBatch) {}
    func didLoad(nowMs: Int64) {}
    var nextDeadlineMs: Int64? { nil }
    func tick(nowMs: Int64) {}
    func close() {}
}
