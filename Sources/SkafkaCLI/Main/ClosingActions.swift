internal import NIOConcurrencyHelpers

/// What must happen before the process ends, however it ends: the last registered goes first.
final class ClosingActions: Sendable {
    private struct State {
        var actions: [@Sendable () async -> Void] = []
        var run: Task<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())

    func add(_ action: @escaping @Sendable () async -> Void) {
        state.withLockedValue { $0.actions.append(action) }
    }

    /// Runs them, each once, one after the other; whoever calls waits until all are done.
    func run() async {
        let run: Task<Void, Never>? = state.withLockedValue { state in
            if state.run == nil, state.actions.isEmpty { return nil }
            let run = state.run ?? Task.detached { await self.runAll() }
            state.run = run
            return run
        }
        await run?.value
    }

    private func runAll() async {
        while let action = state.withLockedValue({ $0.actions.popLast() }) { await action() }
    }
}
