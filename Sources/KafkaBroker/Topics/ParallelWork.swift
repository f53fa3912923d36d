import NIOConcurrencyHelpers
import NIOPosix

/// Does work that waits for the disk on several threads at a time, since a disk takes several syncs
/// in hardly more time than one.
enum ParallelWork {
    private struct State<Value: Sendable, Failure: Error>: Sendable {
        var nextIndex = 0
        var results: [Result<Value, Failure>?]
    }

    /// Calls `body` with every number below `count`; the results in that order. Blocks until all
    /// are done. Nothing new is begun after the first failure: what is left out has no result.
    static func map<Value: Sendable, Failure: Error>(
        count: Int, threads: Int,
        _ body: @escaping @Sendable (Int) throws(Failure) -> Value
    ) -> [Result<Value, Failure>?] {
        let state = NIOLockedValueBox(
            State<Value, Failure>(results: Array(repeating: nil, count: count)))
        let threadCount = min(threads, count)
        guard threadCount > 1 else {
            work(state, body)
            return state.withLockedValue { $0.results }
        }
        let pool = NIOThreadPool(numberOfThreads: threadCount)
        pool.start()
        let runningCount = NIOLockedValueBox(threadCount)
        let isDone = ConditionLock(value: false)
        for _ in 0..<threadCount {
            pool.submit { _ in
                work(state, body)
                let isLast = runningCount.withLockedValue { count in
                    count -= 1
                    return count == 0
                }
                guard isLast else { return }
                isDone.lock()
                isDone.unlock(withValue: true)
            }
        }
        isDone.lock(whenValue: true)
        isDone.unlock()
        try? pool.syncShutdownGracefully()
        return state.withLockedValue { $0.results }
    }

    private static func work<Value: Sendable, Failure: Error>(
        _ state: NIOLockedValueBox<State<Value, Failure>>,
        _ body: @Sendable (Int) throws(Failure) -> Value
    ) {
        while true {
            let index = state.withLockedValue { state -> Int? in
                guard state.nextIndex < state.results.count else { return nil }
                defer { state.nextIndex += 1 }
                return state.nextIndex
            }
            guard let index else { return }
            let result = Result { () throws(Failure) in try body(index) }
            state.withLockedValue { state in
                state.results[index] = result
                if case .failure = result { state.nextIndex = state.results.count }
            }
        }
    }
}
