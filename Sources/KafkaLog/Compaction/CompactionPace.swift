internal import Synchronization

/// Holds compaction to the rate that the settings allow, and ends it when it is asked to. Shared by
/// the threads that compact; they call it between batches.
final class CompactionPace: Sendable {
    /// A wait is no longer than this at a time, so that an end is noticed.
    private static let sliceMs: Int64 = 50

    private let rate: Mutex<CompactionRate>
    private let start = ContinuousClock.now

    /// - Parameter bytesPerSecond: read and written; infinite for no limit.
    init(bytesPerSecond: Double) {
        rate = Mutex(CompactionRate(bytesPerSecond: bytesPerSecond))
    }

    /// Who waits because of the old rate goes on.
    func change(bytesPerSecond: Double) {
        rate.withLock { $0.change(bytesPerSecond: bytesPerSecond) }
    }

    /// Waits until bytes that were read or written are paid for.
    ///
    /// - Throws: `cancelled`.
    func spend(_ bytes: Int, _ cancellation: CancelFlag) throws(LogError) {
        var (waitMs, changeCount) = rate.withLock {
            ($0.spend(bytes, atMs: uptimeMs), $0.changeCount)
        }
        while true {
            try cancellation.check()
            if waitMs <= 0 || rate.withLock({ $0.changeCount }) != changeCount { return }
            let slice = min(waitMs, CompactionPace.sliceMs)
            WorkerThread.sleep(milliseconds: slice)
            waitMs -= slice
        }
    }
}

extension CompactionPace {
    private var uptimeMs: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

/// The sums behind the pace: a debt that time pays off. Pure.
struct CompactionRate {
    private(set) var bytesPerSecond: Double
    /// How often there was another rate.
    private(set) var changeCount = 0
    /// When everything that was spent is paid for, on a clock of any start.
    private var paidAtMs: Double = 0

    init(bytesPerSecond: Double) {
        self.bytesPerSecond = bytesPerSecond
    }

    /// Forgets what is owed.
    mutating func change(bytesPerSecond: Double) {
        guard bytesPerSecond != self.bytesPerSecond else { return }
        self.bytesPerSecond = bytesPerSecond
        changeCount += 1
        paidAtMs = 0
    }

    /// - Returns: ms until the bytes are paid for.
    mutating func spend(_ bytes: Int, atMs nowMs: Int64) -> Int64 {
        paidAtMs = max(paidAtMs, Double(nowMs)) + Double(bytes) / bytesPerSecond * 1000
        return Int64(min(paidAtMs - Double(nowMs), 3_600_000))
    }
}

/// Ends work on another thread.
final class CancelFlag: Sendable {
    private let isSet = Atomic<Bool>(false)
    private let path: String

    init(path: String) {
        self.path = path
    }

    func cancel() { isSet.store(true, ordering: .relaxed) }

    var isCancelled: Bool { isSet.load(ordering: .relaxed) }

    /// - Throws: `cancelled`.
    func check() throws(LogError) {
        if isCancelled { throw .cancelled(path: path) }
    }
}
