internal import KafkaBase
internal import NIOConcurrencyHelpers

/// A line on standard error that says how far long work has come, and is gone when it is done. On
/// a terminal only. Any thread; one short lock.
final class ProgressLine: Sendable {
    private struct State {
        var nextMs: Int64
        var isOnScreen = false
    }

    private static let intervalMs: Int64 = 200

    private let stream: ErrorStream
    private let clock: KafkaClock
    private let isShown: Bool
    private let state: NIOLockedValueBox<State>

    /// - Parameter isShown: false for nothing at all.
    init(_ context: CommandContext, isShown: Bool) {
        stream = ErrorStream(descriptor: context.errorDescriptor)
        clock = context.clock
        self.isShown = isShown && context.isErrorTerminal
        state = NIOLockedValueBox(State(nextMs: context.clock.nowMs + ProgressLine.intervalMs))
    }

    /// Shows what `text` makes, unless the line was just changed: short work shows nothing.
    func update(_ text: () -> String) {
        guard isShown else { return }
        let nowMs = clock.nowMs
        state.withLockedValue { state in
            guard nowMs >= state.nextMs else { return }
            state.nextMs = nowMs + ProgressLine.intervalMs
            state.isOnScreen = true
            stream.put(ProgressLine.inPlace + text())
        }
    }

    /// Takes the line away, for others to stand there.
    func clear() {
        state.withLockedValue { state in
            guard state.isOnScreen else { return }
            state.isOnScreen = false
            stream.put(ProgressLine.inPlace)
        }
    }

    /// Goes back to the line's begin and takes away what stands there.
    private static let inPlace = "\r\u{1B}[K"
}
