internal import Logging

/// swift-log's lines on standard error: `LEVEL message key=value`.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let stream: ErrorStream
    private let progress: ProgressLine?

    init(level: Logger.Level, stream: ErrorStream, above progress: ProgressLine? = nil) {
        logLevel = level
        self.stream = stream
        self.progress = progress
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var text = "skafka: \(event.level): \(event.message)"
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(value)" }
        progress?.clear()
        stream.line(text)
    }
}

extension CommandContext {
    /// A logger for the modules below.
    ///
    /// - Parameters:
    ///   - usual: the level without `-q` and `-v`.
    ///   - progress: a line that gives way to the logger's.
    func makeLogger(
        _ options: GlobalOptions, usual: Logger.Level = .warning,
        above progress: ProgressLine? = nil
    ) -> Logger {
        let level: Logger.Level = options.verbose ? .debug : options.quiet ? .error : usual
        let stream = ErrorStream(descriptor: errorDescriptor)
        return Logger(label: "skafka") { _ in
            StandardErrorLog(level: level, stream: stream, above: progress)
        }
    }
}
