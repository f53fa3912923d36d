public import KafkaBase
internal import Synchronization

/// Threads that make appends durable, so that no event loop waits for a disk.
///
/// All tickets that wait when a thread becomes free share its syncs: one `fdatasync` a file however
/// many requests wait for it (group commit). Any thread may submit. What waits is bounded by the
/// callers, who hold back the requests behind it.
public final class FlushQueue: Sendable {
    private struct Job: Sendable {
        var tickets: [FlushTicket]
        var then: @Sendable (Result<Void, LogError>) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var isShutDown = false
        var statistics = FlushStatistics()
    }

    private let state: Monitor<State>
    private let threads: Mutex<[WorkerThread]>

    /// - Parameter threadCount: with one, all waiting tickets share a sync; more of them sync
    ///   different files at a time.
    public init(threadCount: Int = 1) {
        let state = Monitor(State())
        self.state = state
        threads = Mutex(
            (0..<threadCount).map { _ in WorkerThread { FlushQueue.run(state) } })
    }

    /// What the syncs came to so far.
    public var statistics: FlushStatistics { state.withLock { $0.statistics } }

    /// Has the tickets done, then calls back on the flush thread; the callback must not block.
    ///
    /// After a failed sync the log directory is marked failed, and the result is that error. After
    /// `shutdown` the result is `LogError.failed` at once.
    public func submit(
        _ tickets: [FlushTicket], then: @escaping @Sendable (Result<Void, LogError>) -> Void
    ) {
        let isTaken = state.withLock { state in
            guard !state.isShutDown else { return false }
            state.waiting.append(Job(tickets: tickets, then: then))
            return true
        }
        if isTaken {
            state.signal()
        } else {
            then(.failure(.failed(path: tickets.first?.directoryPath ?? "")))
        }
    }

    /// Finishes what waits and ends the threads. Blocks; not to be called from a callback.
    public func shutdown() {
        state.withLock { $0.isShutDown = true }
        state.broadcast()
        let threads = self.threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
    }

    private static func run(_ state: Monitor<State>) {
        while true {
            let jobs = state.wait { state -> [Job]? in
                if state.waiting.isEmpty { return state.isShutDown ? [] : nil }
                defer { state.waiting = [] }
                return state.waiting
            }
            if jobs.isEmpty { return }
            var work = FlushWork()
            for job in jobs { work.add(job.tickets) }
            let began = ContinuousClock.now
            work.run()
            let results = jobs.map { work.result(of: $0.tickets) }
            let duration = ContinuousClock.now - began
            state.withLock { $0.statistics.add(duration, results) }
            for (job, result) in zip(jobs, results) { job.then(result) }
        }
    }
}

/// What a queue's syncs came to.
public struct FlushStatistics: Sendable {
    /// Of the syncs that served all that waited, in microseconds.
    public private(set) var latency = Histogram(bounds: Histogram.latencyBounds)
    /// Of those whose callers were told of an error.
    public private(set) var failureCount = 0

    fileprivate mutating func add(
        _ duration: Duration, _ results: [Result<Void, LogError>]
    ) {
        let (seconds, attoseconds) = duration.components
        latency.add(Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000))
        let hasFailed = results.contains { result in
            if case .failure = result { true } else { false }
        }
        if hasFailed { failureCount += 1 }
    }
}
