import Logging
internal import Synchronization

/// The level from which on the broker logs; it can be changed while the broker runs (KIP-412).
///
/// Any thread; a load each time something is logged, or is not.
final class LogThreshold: Sendable {
    private static let levels = Logger.Level.allCases
    private let number: Atomic<Int>

    init(_ level: Logger.Level) {
        number = Atomic(LogThreshold.number(of: level))
    }

    var level: Logger.Level {
        get { LogThreshold.levels[number.load(ordering: .relaxed)] }
        set { number.store(LogThreshold.number(of: newValue), ordering: .relaxed) }
    }

    private static func number(of level: Logger.Level) -> Int {
        levels.firstIndex(of: level) ?? 0
    }

    /// The same logger, but for the level, which is this one for all of its copies.
    func governing(_ logger: Logger) -> Logger {
        var governed = logger
        governed.handler = GovernedLog(inner: logger.handler, threshold: self)
        return governed
    }
}

/// Hands what the threshold lets through to another handler.
private struct GovernedLog: LogHandler {
    var inner: any LogHandler
    let threshold: LogThreshold

    var logLevel: Logger.Level {
        get { threshold.level }
        set { threshold.level = newValue }
    }

    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { inner.metadataProvider }
        set { inner.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { inner.log(event: event) }
}
