/// When which housekeeping is due. A state machine without a clock: times are ms of any one clock.
struct HousekeepingPlan {
    enum Task: Sendable, CaseIterable {
        /// Delete what the topics' settings do not keep (`log.retention.check.interval.ms`).
        case retention
        /// Note how far the logs are durable.
        case checkpoints
        /// Remove files whose delay is over.
        case removals
    }

    /// A file stays at most so much longer than it should.
    private static let removalIntervalMs: Int64 = 1000

    private var intervals: [Task: Int64]
    private var dueMs: [Task: Int64]

    init(nowMs: Int64, initialDelayMs: Int64, retentionMs: Int64, checkpointMs: Int64) {
        intervals = [
            .retention: retentionMs, .checkpoints: checkpointMs,
            .removals: HousekeepingPlan.removalIntervalMs,
        ]
        dueMs = [
            .retention: nowMs.addingClamped(initialDelayMs),
            .checkpoints: nowMs.addingClamped(checkpointMs),
            .removals: nowMs.addingClamped(HousekeepingPlan.removalIntervalMs),
        ]
    }

    /// When the next task is due.
    var nextDueMs: Int64 { dueMs.values.min() ?? .max }

    /// What is due, in the order in which it is to be done. Its next time counts from now: what
    /// was missed is not made up for.
    mutating func takeDue(nowMs: Int64) -> [Task] {
        Task.allCases.filter { task in
            guard let due = dueMs[task], due <= nowMs else { return false }
            dueMs[task] = nowMs.addingClamped(intervals[task] ?? .max)
            return true
        }
    }
}
