internal import NIOConcurrencyHelpers

/// Spreads work that blocks over a few threads.
enum ParallelWork {
    /// The results in the order of the items. Blocks until all threads are done; after an error no
    /// further item is begun.
    ///
    /// - Throws: the first error.
    static func map<Item: Sendable, Output: Sendable>(
        _ items: [Item], threads: Int,
        _ body: @escaping @Sendable (Item) throws(LogError) -> Output
    ) throws(LogError) -> [Output] {
        // Not a Mutex: the thread sanitizer does not see that one's order.
        let shared = NIOLockedValueBox(State<Output>(count: items.count))
        let run: @Sendable () -> Void = {
            while let index = shared.withLockedValue({ $0.takeNext() }) {
                let result = Result { () throws(LogError) in try body(items[index]) }
                shared.withLockedValue { $0.finish(index, result) }
            }
        }
        let workers = (1..<max(1, min(threads, items.count))).map { _ in WorkerThread(run) }
        run()
        for worker in workers { worker.join() }
        return try shared.withLockedValue { state in
            if let error = state.error { return Result<[Output], LogError>.failure(error) }
            return .success(state.outputs.compactMap { $0 })
        }.get()
    }

    private struct State<Output: Sendable>: Sendable {
        var next = 0
        var outputs: [Output?]
        var error: LogError?

        init(count: Int) {
            outputs = Array(repeating: nil, count: count)
        }

        mutating func takeNext() -> Int? {
            guard error == nil, next < outputs.count else { return nil }
            defer { next += 1 }
            return next
        }

        mutating func finish(_ index: Int, _ result: Result<Output, LogError>) {
            switch result {
            case .success(let output): outputs[index] = output
            case .failure(let failure): error = error ?? failure
            }
        }
    }
}
