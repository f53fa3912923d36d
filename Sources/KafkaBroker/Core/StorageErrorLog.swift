import KafkaLog
import Logging
import NIOConcurrencyHelpers

/// Says once in a while what is wrong with the disk: every append may fail for the same reason.
///
/// Any thread; one short lock, taken on errors alone.
final class StorageErrorLog: Sendable {
    private struct Last {
        var text = ""
        var time: ContinuousClock.Instant?
    }

    /// How long the same error is not said again.
    private static let silence = Duration.seconds(30)

    private let logger: Logger
    private let last = NIOLockedValueBox(Last())

    init(logger: Logger) {
        self.logger = logger
    }

    func report(_ error: LogError) {
        let text = "\(error)"
        let now = ContinuousClock.now
        let isNews = last.withLockedValue { last in
            if last.text == text, let time = last.time, now - time < StorageErrorLog.silence {
                return false
            }
            last = Last(text: text, time: now)
            return true
        }
        if isNews { logger.error("storage: \(text)") }
    }
}
