internal import NIOConcurrencyHelpers

/// What must happen before the process ends, however it ends: the last registered goes first.
final class ClosingActions: Sendable {
    private let actions = NIOLockedValueBox<[@Sendable () async -> Void]>([])

    func add(_ action: @escaping @Sendable () async -> Void) {
        actions.withLockedValue { $0.append(action) }
    }

    /// Runs them, each once, whoever calls.
    func run() async {
        while let action = actions.withLockedValue({ $0.popLast() }) { await action() }
    }
}
