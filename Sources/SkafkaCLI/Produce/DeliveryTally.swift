internal import KafkaBase
internal import KafkaClient
internal import NIOConcurrencyHelpers
internal import NIOCore

/// Counts what became of the records, as the producer's event loop reports it.
///
/// Any thread. Wakes the reading thread when a failure is to stop it.
final class DeliveryTally: Sendable {
    private struct State {
        var delivered = 0
        var deliveredBytes = 0
        var failed = 0
        var complaints = 0
        var status: ExitStatus = .failed
        var isStopping = false
        var isAborting = false
        var failures = DeliveryFailures()

        mutating func count(_ records: Int, _ status: ExitStatus, _ policy: ErrorPolicy) {
            if failed == 0 { self.status = status }
            failed += records
            if policy == .stop { isStopping = true }
        }
    }

    /// More lines about records that cannot be read are not written.
    private static let maxComplaints = 20
    /// So long a failed delivery waits for others like it before it is told of.
    private static let gatheringTime = TimeAmount.milliseconds(100)

    private let state = NIOLockedValueBox(State())
    private let policy: ErrorPolicy
    private let context: CommandContext
    private let wake: WakePipe

    init(_ policy: ErrorPolicy, _ context: CommandContext, _ wake: WakePipe) {
        self.policy = policy
        self.context = context
        self.wake = wake
    }

    var delivered: Int { state.withLockedValue { $0.delivered } }
    /// Of keys and values.
    var deliveredBytes: Int { state.withLockedValue { $0.deliveredBytes } }
    var failed: Int { state.withLockedValue { $0.failed } }
    /// Whether nothing more is to be read.
    var isStopping: Bool { state.withLockedValue { $0.isStopping } }
    /// A delivery that is lost beside others that were made is a failure like any; where nothing
    /// was taken, the first failure says which.
    var status: ExitStatus {
        state.withLockedValue { state in
            if state.failed == 0 { return .done }
            return state.delivered > 0 ? .failed : state.status
        }
    }

    func add(_ report: DeliveryReport) {
        guard let error = report.error else {
            return state.withLockedValue {
                $0.delivered += report.recordCount
                $0.deliveredBytes += report.payloadBytes
            }
        }
        let failure = CommandFailure(error)
        let isNews = state.withLockedValue { state in
            // What is dropped behind a failure, or with its transaction, has nothing to add to it.
            let isConsequence =
                state.isAborting
                || (state.failed > 0 && (error.transactionEffect != nil || error.kind == .closed))
            state.count(report.recordCount, failure.status, policy)
            let partition = TopicPartition(topic: report.topic, partition: report.partition)
            return !isConsequence
                && state.failures.add(report.recordCount, to: partition, failure.message)
        }
        if isNews {
            context.clientLoop.eventLoop.scheduleTask(in: DeliveryTally.gatheringTime) {
                self.sayWhatFailed()
            }
        }
        if policy == .stop { wake.wake() }
    }

    /// Tells of deliveries that failed.
    ///
    /// - Parameter isLast: whether there will be no more.
    func sayWhatFailed(isLast: Bool = false) {
        for line in state.withLockedValue({ $0.failures.tell(isLast: isLast) }) {
            context.complain(line)
        }
    }

    /// Counts records that failed.
    func fail(_ count: Int, _ message: String, _ status: ExitStatus = .failed) {
        let isLoud = state.withLockedValue { state in
            state.count(count, status, policy)
            state.complaints += 1
            return state.complaints
        }
        if isLoud <= DeliveryTally.maxComplaints { context.complain(message) }
        if isLoud == DeliveryTally.maxComplaints { context.complain("further failures not shown") }
        if policy == .stop { wake.wake() }
    }

    /// What is not delivered from now on is dropped with its transaction.
    func abort() {
        state.withLockedValue { $0.isAborting = true }
    }

    /// Ends the reading without a failure.
    func stop() {
        state.withLockedValue { $0.isStopping = true }
        wake.wake()
    }
}
