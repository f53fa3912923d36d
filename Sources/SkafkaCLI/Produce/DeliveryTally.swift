internal import KafkaClient
internal import NIOConcurrencyHelpers

/// Counts what became of the records, as the producer's event loop reports it.
///
/// Any thread. Wakes the reading thread when a failure is to stop it.
final class DeliveryTally: Sendable {
    private struct State {
        var delivered = 0
        var failed = 0
        var complaints = 0
        var status: ExitStatus = .failed
        var isStopping = false
        var isAborting = false
    }

    /// More lines about failures are not written.
    private static let maxComplaints = 20

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
            return state.withLockedValue { $0.delivered += report.recordCount }
        }
        // What is dropped with a transaction that failed has nothing to add to the first failure.
        let isConsequence = state.withLockedValue { state in
            guard state.isAborting || (error.transactionEffect != nil && state.failed > 0) else {
                return false
            }
            state.failed += report.recordCount
            return true
        }
        if isConsequence { return }
        let records = report.recordCount == 1 ? "a record" : "\(report.recordCount) records"
        let what = "\(records) to \(report.topic)-\(report.partition) not delivered"
        let failure = CommandFailure(error)
        fail(report.recordCount, "\(what): \(failure.message)", failure.status)
    }

    /// Counts records that failed.
    func fail(_ count: Int, _ message: String, _ status: ExitStatus = .failed) {
        let isLoud = state.withLockedValue { state in
            if state.failed == 0 { state.status = status }
            state.failed += count
            if policy == .stop { state.isStopping = true }
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
