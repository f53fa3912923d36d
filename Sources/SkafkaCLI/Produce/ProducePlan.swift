internal import KafkaClient
internal import KafkaRecords

/// What `produce` was asked for, checked.
struct ProducePlan: Sendable {
    /// How records lie in the input.
    enum Layout: Sendable {
        case lines(delimiter: [UInt8], keyDelimiter: [UInt8]?)
        case wholeFile(keyDelimiter: [UInt8]?)
        case console(delimiter: [UInt8], ConsoleProperties)
        case json
        case format(InputFormat)

        /// What ends a record where there are lines, and a value on standard output (`-T`).
        var delimiter: [UInt8] {
            switch self {
            case .lines(let delimiter, _), .console(let delimiter, _): delimiter
            case .wholeFile, .json, .format: [0x0A]
            }
        }

        /// What messages call a record; nil where the source is the record.
        var recordNoun: String? {
            switch self {
            case .lines, .console, .json: "line"
            case .format: "record"
            case .wholeFile: nil
            }
        }
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
    /// Nil leaves it to the partitioner.
    let partition: Int32?
    /// Records a second; nil for no limit.
    let rate: Double?
    /// Nil for no limit.
    let maxRecords: Int?
    /// Whether values are printed as they go.
    let isTee: Bool
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
        // kcat's -1 leaves it to the partitioner.
        partition = command.partition == -1 ? nil : command.partition
        if let partition, partition < 0 { throw .usage("a partition is a number from 0") }
        keepsPartitions = command.partitioner == nil && command.partition == nil
        rate = command.rate
        if let rate, !(rate > 0 && rate <= 1e9) {
            throw .usage("--rate is a number of records a second, above 0")
        }
        maxRecords = command.maxMessages
        if let maxRecords, maxRecords < 0 { throw .usage("-c takes a number of records") }
        isTee = command.tee
        if isTee, command.report != nil { throw .usage("-T and --report exclude each other") }
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
        var properties = command.readerProperties
        if let path = command.readerConfig {
            properties =
                try PropertiesFile.load(path).map { "\($0.key)=\($0.value)" } + properties
        }
        if !properties.isEmpty {
            guard !isJSON, command.format == nil, keyDelimiter == nil else {
                throw .usage("--property, -J, -f and -K exclude each other")
            }
            return .console(
                delimiter: delimiter ?? [0x0A], try ConsoleProperties(properties))
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
            case .leaderEpoch:
                throw .usage("--report has no %e: brokers do not tell what they wrote it under")
            default: continue
            }
        }
        return template
    }

    private static func settings(_ command: ProduceCommand) throws(CommandFailure) -> ClientSettings
    {
        var global = command.global
        global.settingsFile = global.settingsFile ?? command.producerConfig
        global.settings = command.producerProperties + global.settings
        var settings = try ClientSettings.load(global)
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
        if let id = command.transactionalId {
            guard !id.isEmpty else { throw .usage("--transactional-id needs a name") }
            settings.producer.transactionalID = id
        }
        if command.sync {
            settings.producer.maxInFlightPerBroker = 1
            settings.producer.batchBytes = 1
        }
        settings.producer.stopsAtFailure = command.onError == .stop
        try settings.settleProducer()
        return settings
    }
}
