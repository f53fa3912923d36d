import Testing

@testable import KafkaBroker

@Suite struct HousekeepingPlanTests {
    private func plan(initialDelayMs: Int64 = 30_000) -> HousekeepingPlan {
        HousekeepingPlan(
            nowMs: 100, initialDelayMs: initialDelayMs, retentionMs: 300_000, checkpointMs: 60_000)
    }

    @Test func `Nothing is due at the start`() {
        var plan = plan()
        #expect(plan.takeDue(nowMs: 100).isEmpty)
        #expect(plan.nextDueMs == 1100)
    }

    @Test func `Each task comes at its time, and again after its interval`() {
        var plan = plan()
        #expect(plan.takeDue(nowMs: 1100) == [.removals])
        #expect(plan.takeDue(nowMs: 1100).isEmpty)
        #expect(plan.takeDue(nowMs: 30_100) == [.retention, .removals])
        #expect(plan.takeDue(nowMs: 60_100) == [.checkpoints, .removals])
        #expect(plan.takeDue(nowMs: 330_100) == [.retention, .checkpoints, .removals])
    }

    @Test func `What was missed is not made up for`() {
        var plan = plan()
        #expect(plan.takeDue(nowMs: 10_000_000) == HousekeepingPlan.Task.allCases)
        #expect(plan.takeDue(nowMs: 10_000_999).isEmpty)
        #expect(plan.nextDueMs == 10_001_000)
    }

    @Test func `The largest intervals never come`() {
        var plan = HousekeepingPlan(
            nowMs: 100, initialDelayMs: .max, retentionMs: .max, checkpointMs: .max)
        #expect(plan.takeDue(nowMs: 1_000_000) == [.removals])
    }
}
