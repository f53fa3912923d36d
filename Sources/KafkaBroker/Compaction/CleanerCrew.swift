import NIOConcurrencyHelpers
import NIOPosix

/// Threads that do the same work again and again, with a pause when there is none.
///
/// Run from `init` until `end`; what is being done then is done to its end. Any thread.
final class CleanerCrew: Sendable {
    /// - Returns: whether there may be more to do at once.
    typealias Work = @Sendable () -> Bool

    private let pool: NIOThreadPool
    private let backoffSeconds: Double
    private let work: Work
    private let isEnded = ConditionLock(value: false)

    init(count: Int, backoffSeconds: Double, work: @escaping Work) {
        pool = NIOThreadPool(numberOfThreads: max(count, 1))
        // Not entirely without a pause, whatever the settings say.
        self.backoffSeconds = max(backoffSeconds, 0.01)
        self.work = work
        pool.start()
        for _ in 0..<count { pool.submit { _ in self.run() } }
    }

    /// Has nothing begun any more. Does not wait.
    func end() {
        isEnded.lock()
        isEnded.unlock(withValue: true)
    }

    /// Ends, and waits for what is under way.
    func shutdown() async {
        end()
        try? await pool.shutdownGracefully()
    }

    private func run() {
        // Who starts a broker for a moment has other things to do.
        var pauseSeconds = min(backoffSeconds, 1)
        while !ends(within: pauseSeconds) {
            pauseSeconds = work() ? 0 : backoffSeconds
        }
    }

    /// Waits.
    private func ends(within seconds: Double) -> Bool {
        guard isEnded.lock(whenValue: true, timeoutSeconds: seconds) else { return false }
        isEnded.unlock()
        return true
    }
}
