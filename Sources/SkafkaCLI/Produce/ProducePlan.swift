internal import KafkaClient
internal import KafkaRecords

/// What `produce` was asked for, checked.
struct ProducePlan: Sendable {
    /// How records lie in the input.
    enum Layout: Sendable {
        case lines(delimiter: [UInt8], keyDelimiter: [UInt8]?)
        case wholeFile(keyDelimiter: [UInt8]?)
        case json
        case format(InputFormat)
    }

    enum Source: Equatable, Sendable {
        case standardInput
        case file(String)

        var name: String {
            switch self {
            case .standardInput: "standard input"
            case .file(let path): path
            }
        }
    }

    let topic: String
    let sources: [Source]
    let layout: Layout
    let key: [UInt8]?
    let headers: EncodedHeaders?
    let partition: Int32?
    let emptyIsNull: Bool
    /// Whether a JSON record's own partition counts.
    let keepsPartitions: Bool
    let timestamp: Int64?
    let report: FormatTemplate?
    let onError: ErrorPolicy
    let options: GlobalOptions
    let settings: ClientSettings

    /// - Throws: `CommandFailure` of status `usage`.
    init(_ command: ProduceCommand, nowMs: Int64) throws(CommandFailure) {
        options = command.global
        var words = command.words[...]
        guard let topic = command.topic ?? words.popFirst(), !topic.isEmpty else {
            throw .usage("no topic given; see 'skafka produce --help'")
        }
        self.topic = topic
        sources =
            words.isEmpty
            ? [.standardInput] : words.map { $0 == "-" ? .standardInput : .file($0) }
        layout = try ProducePlan.layout(command, hasFiles: !words.isEmpty)
        key = command.key.map { Array($0.utf8) }
        headers = try ProducePlan.headers(command.headers)
        partition = command.partition
        if let partition, partition < 0 { throw .usage("a partition is a number from 0") }
        keepsPartitions = command.partitioner == nil
        emptyIsNull = command.emptyIsNull
        timestamp = try command.timestamp.map { text throws(CommandFailure) in
            guard let time = TimeSpec(text) else {
                throw .usage("'\(text)' is no timestamp; write ms since 1970 or RFC 3339")
            }
            return time.milliseconds(nowMs: nowMs)
        }
        report = try ProducePlan.report(command.report)
        onError = command.onError
        settings = try ProducePlan.settings(command)
    }

    private static func layout(
        _ command: ProduceCommand, hasFiles: Bool
    ) throws(CommandFailure) -> Layout {
        let isJSON = command.jsonLines || command.global.json
        let delimiter = try command.delimiter.map { text throws(CommandFailure) in
            try EscapedText.bytes(of: text, option: "--delimiter")
        }
        let keyDelimiter = try command.keyDelimiter.map { text throws(CommandFailure) in
            try EscapedText.bytes(of: text, option: "--key-delimiter")
        }
        guard delimiter?.isEmpty != true, keyDelimiter?.isEmpty != true else {
            throw .usage("a delimiter must not be empty")
        }
        if command.key != nil, keyDelimiter != nil {
            throw .usage("-k and -K exclude each other")
        }
        if isJSON || command.format != nil {
            guard !(isJSON && command.format != nil), delimiter == nil, keyDelimiter == nil else {
                throw .usage("-J, -f and the delimiters exclude each other")
            }
        }
        if isJSON { return .json }
        if let format = command.format { return .format(try InputFormat(format)) }
        if hasFiles, !command.lines, delimiter == nil {
            return .wholeFile(keyDelimiter: keyDelimiter)
        }
        return .lines(delimiter: delimiter ?? [0x0A], keyDelimiter: keyDelimiter)
    }

    private static func headers(_ texts: [String]) throws(CommandFailure) -> EncodedHeaders? {
        guard !texts.isEmpty else { return nil }
        var headers = EncodedHeaders()
        for text in texts {
            let bytes = Array(text.utf8)
            let end = bytes.firstIndex(of: UInt8(ascii: "=")) ?? bytes.endIndex
            guard end > 0 else { throw .usage("header '\(text)' has no name; write NAME=VALUE") }
            bytes.withUnsafeBytes { bytes in
                let name = UnsafeRawBufferPointer(rebasing: bytes[..<end])
                let value =
                    end < bytes.count
                    ? UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...]) : nil
                headers.append(name: name, value: value)
            }
        }
        return headers
    }

    private static func report(_ text: String?) throws(CommandFailure) -> FormatTemplate? {
        guard let text else { return nil }
        let template = try FormatTemplate(
            text.hasSuffix("\\n") ? text : text + "\\n", option: "--report")
        for token in template.tokens {
            switch token {
            case .literal, .topic, .partition, .offset: continue
            default:
                throw .usage("--report knows %t, %p and %o only; the rest is not kept till then")
            }
        }
        return template
    }

    private static func settings(_ command: ProduceCommand) throws(CommandFailure) -> ClientSettings
    {
        var settings = try ClientSettings.load(command.global)
        if let acks = command.acks { settings.producer.acks = acks }
        if let compression = command.compression { settings.producer.compression = compression }
        if let partitioner = command.partitioner { settings.producer.partitioner = partitioner }
        if let linger = command.linger {
            settings.producer.lingerMs = linger.clampedMilliseconds
        }
        if let batchSize = command.batchSize {
            guard (1...(1 << 30)).contains(batchSize) else {
                throw .usage("--batch-size is a number of bytes from 1 to 1073741824")
            }
            settings.producer.batchBytes = batchSize
        }
        if let idempotent = command.idempotent {
            settings.producer.idempotent = idempotent
            settings.isIdempotenceExplicit = idempotent
        }
        // The default gives way where it cannot be kept; a wish that cannot is an error.
        if settings.producer.acks != .all {
            if settings.isIdempotenceExplicit {
                throw .usage("idempotence needs --acks all")
            }
            settings.producer.idempotent = false
        }
        return settings
    }
}
