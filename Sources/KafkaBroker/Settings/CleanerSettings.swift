public import KafkaLog

/// What the broker's threads compact logs by; all of it can be changed at run time.
public struct CleanerSettings: Sendable, Equatable {
    public var options: LogCleaner.Options
    /// Pause when there is nothing to compact, in ms.
    public var backoffMs: Int64

    /// Kafka's `LogCleaner.ReconfigurableConfigs`, but for `message.max.bytes`, which is a topic's.
    static let dynamicNames: Set<String> = [
        "log.cleaner.threads", "log.cleaner.dedupe.buffer.size", "log.cleaner.io.buffer.size",
        "log.cleaner.io.buffer.load.factor", "log.cleaner.io.max.bytes.per.second",
        "log.cleaner.backoff.ms",
    ]

    /// - Parameter value: of a setting of the broker, as text.
    init(_ value: (String) -> String) {
        var options = LogCleaner.Options()
        options.threads = Int(value("log.cleaner.threads")) ?? options.threads
        options.mapBytes = Int(value("log.cleaner.dedupe.buffer.size")) ?? options.mapBytes
        options.bufferBytes = Int(value("log.cleaner.io.buffer.size")) ?? options.bufferBytes
        options.mapLoadFactor =
            Double(value("log.cleaner.io.buffer.load.factor")) ?? options.mapLoadFactor
        options.bytesPerSecond =
            Double(value("log.cleaner.io.max.bytes.per.second")) ?? options.bytesPerSecond
        self.options = options
        backoffMs = Int64(value("log.cleaner.backoff.ms")) ?? 0
    }

    /// Checks what is not to change by too much at once (`LogCleaner.validateReconfiguration`).
    ///
    /// - Returns: what is wrong, nil if nothing is.
    func conflict(after current: CleanerSettings) -> String? {
        guard self != current else { return nil }
        let (count, old) = (options.threads, current.options.threads)
        if count < 1 { return "Log cleaner threads should be at least 1" }
        if count < old / 2 {
            return
                "Log cleaner threads cannot be reduced to less than half the current value \(old)"
        }
        if count > old * 2 {
            return "Log cleaner threads cannot be increased to more than double the current value "
                + "\(old)"
        }
        return nil
    }
}
