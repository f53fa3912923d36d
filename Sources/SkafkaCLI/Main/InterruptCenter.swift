internal import NIOConcurrencyHelpers

/// What happens when a signal asks the process to end.
///
/// A command that can end early registers a wake-up (close the consumer, stop reading); it then
/// unwinds by itself. Any thread may call; the bound on the time it takes is `SkafkaMain`'s.
final class InterruptCenter: Sendable {
    private struct State {
        var signal: Int32?
        var wakeUps: [Int: @Sendable () -> Void] = [:]
        var nextID = 0
        var unwindLimitMs = SkafkaMain.cleanUpLimitMs
        var takeover: (@Sendable (Int32) -> Bool)?
    }

    private let state = NIOLockedValueBox(State())

    /// The first signal that came, if any.
    var signal: Int32? { state.withLockedValue { $0.signal } }

    var isInterrupted: Bool { signal != nil }

    /// How long the command may take to end by itself after a signal, in ms.
    var unwindLimitMs: Int {
        get { state.withLockedValue { $0.unwindLimitMs } }
        set { state.withLockedValue { $0.unwindLimitMs = newValue } }
    }

    /// Registers what ends the command's waiting; called at once if a signal came already.
    ///
    /// - Returns: a number for `remove`.
    @discardableResult
    func onInterrupt(_ wakeUp: @escaping @Sendable () -> Void) -> Int {
        let (id, late) = state.withLockedValue { state in
            state.nextID += 1
            state.wakeUps[state.nextID] = wakeUp
            return (state.nextID, state.signal != nil)
        }
        if late { wakeUp() }
        return id
    }

    func remove(_ id: Int) {
        state.withLockedValue { $0.wakeUps[id] = nil }
    }

    /// Lets somebody else decide what a signal ends: an interactive shell, whose commands it ends.
    ///
    /// - Parameter takeover: whether the signal is dealt with, so that the process goes on.
    func onSignal(_ takeover: @escaping @Sendable (_ signal: Int32) -> Bool) {
        state.withLockedValue { $0.takeover = takeover }
    }

    /// Whether somebody else has dealt with the signal.
    func isTaken(signal: Int32) -> Bool {
        state.withLockedValue { $0.takeover }?(signal) ?? false
    }

    /// Takes note of a signal and wakes whoever registered.
    ///
    /// - Returns: whether anybody had registered, so that the command will end by itself.
    func interrupt(signal: Int32) -> Bool {
        let wakeUps = state.withLockedValue { state in
            state.signal = state.signal ?? signal
            return state.wakeUps.sorted { $0.key > $1.key }.map(\.value)
        }
        for wakeUp in wakeUps { wakeUp() }
        return !wakeUps.isEmpty
    }
}
