import KafkaBase

/// The consumer groups of one partition of `__consumer_offsets`, and the offsets that they
/// committed.
///
/// Confined to the partition's event loop.
final class GroupCoordinator: CoordinatorState {
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
