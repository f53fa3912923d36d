internal import KafkaBase
internal import Logging

/// swift-log's lines on standard error, in one of the forms of `LogLine`.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let descriptor: Int32
    private let form: LogLine.Form
    private let clock: KafkaClock
    private let progress: ProgressLine?

    init(
        level: Logger.Level, descriptor: Int32, form: LogLine.Form, clock: KafkaClock,
        above progress: ProgressLine? = nil
    ) {
        logLevel = level
        self.descriptor = descriptor
        self.form = form
        self.clock = clock
        self.progress = progress
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let line = LogLine(
            timeMs: clock.nowMs, level: event.level.rawValue, message: "\(event.message)",
            fields: all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
        progress?.clear()
        // Written at once, and as one, so that lines of several threads do not mix.
        let output = OutputBuffer(descriptor: descriptor, capacityBytes: 4096)
        line.append(to: output, as: form)
        // Where it cannot be written there is no one to tell.
        try? output.flush()
    }
}

extension CommandContext {
    /// A logger for the modules below.
    ///
    /// - Parameters:
    ///   - usual: the level without `-q` and `-v`.
    ///   - progress: a line that gives way to the logger's.
    func makeLogger(
        _ options: GlobalOptions, usual: Logger.Level = .warning, form: LogLine.Form = .plain,
        above progress: ProgressLine? = nil
    ) -> Logger {
        let level: Logger.Level = options.verbose ? .debug : options.quiet ? .error : usual
        let (descriptor, clock) = (errorDescriptor, self.clock)
        return Logger(label: "skafka") { _ in
            StandardErrorLog(
                level: level, descriptor: descriptor, form: form, clock: clock, above: progress)
        }
    }
}
