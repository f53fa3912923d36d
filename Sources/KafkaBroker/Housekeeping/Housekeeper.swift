import KafkaBase
import NIOCore

/// Carries a `HousekeepingPlan` out: retention, checkpoints, removal of files.
///
/// Its state is confined to one event loop, which only keeps the time; the work is the storage
/// thread's. One round at a time.
final class Housekeeper: @unchecked Sendable {
    /// A longer sleep than this is none of NIO's.
    private static let maxSleepMs: Int64 = 3_600_000

    private let eventLoop: any EventLoop
    private let storage: BrokerStorage
    private let clock: KafkaClock
    private var plan: HousekeepingPlan
    private var timer: Scheduled<Void>?
    private var hasEnded = false

    init(storage: BrokerStorage, eventLoop: any EventLoop, clock: KafkaClock) {
        self.storage = storage
        self.eventLoop = eventLoop
        self.clock = clock
        let settings = storage.settings.current
        plan = HousekeepingPlan(
            nowMs: Housekeeper.nowMs, initialDelayMs: settings.initialTaskDelayMs,
            retentionMs: settings.retentionCheckIntervalMs,
            checkpointMs: settings.checkpointIntervalMs)
    }

    /// Any thread.
    func start() {
        eventLoop.runOrHop { self.sleep() }
    }

    /// Begins nothing new. Any thread.
    func stop() {
        eventLoop.runOrHop {
            self.hasEnded = true
            self.timer?.cancel()
        }
    }

    private static var nowMs: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    private func sleep() {
        guard !hasEnded else { return }
        let delayMs = max(0, plan.nextDueMs - Housekeeper.nowMs)
        timer = eventLoop.scheduleTask(
            in: .milliseconds(min(delayMs, Housekeeper.maxSleepMs))
        ) { self.wake() }
    }

    private func wake() {
        let tasks = plan.takeDue(nowMs: Housekeeper.nowMs)
        guard !tasks.isEmpty else { return sleep() }
        let storage = storage
        let clock = clock
        storage.thread.run(on: eventLoop) {
            for task in tasks { storage.keepHouse(task, nowMs: clock.nowMs) }
        }.whenComplete { _ in self.sleep() }
    }
}
