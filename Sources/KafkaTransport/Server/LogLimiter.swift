import Logging
import NIOConcurrencyHelpers
public import NIOCore

/// Lets a few lines a second through and counts the others, so that a client that goes on
/// failing does not fill the log.
///
/// Any thread; one short lock.
public final class LogLimiter: Sendable {
    public static let maxPerSecond = 5

    private struct State {
        var secondBegan: NIODeadline?
        var shownCount = 0
        var hiddenCount = 0
    }

    private let state = NIOLockedValueBox(State())

    public init() {}

    /// How many were kept back since the last one that was let through; nil to keep this one back.
    public func admit(at now: NIODeadline) -> Int? {
        state.withLockedValue { state in
            if state.secondBegan.map({ now - $0 >= .seconds(1) }) ?? true {
                state.secondBegan = now
                state.shownCount = 0
            }
            guard state.shownCount < LogLimiter.maxPerSecond else {
                state.hiddenCount += 1
                return nil
            }
            state.shownCount += 1
            defer { state.hiddenCount = 0 }
            return state.hiddenCount
        }
    }

    func warn(_ text: @autoclosure () -> String, _ logger: Logger) {
        guard let hiddenCount = admit(at: .now()) else { return }
        let text = text()
        logger.warning("\(text)\(hiddenCount > 0 ? " (and \(hiddenCount) more like it)" : "")")
    }
}
