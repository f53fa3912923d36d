internal import KafkaClient

/// What `consume` was asked for, checked.
struct ConsumePlan: Sendable {
    /// How records are shown.
    enum Rendering: Sendable {
        /// The value and a newline.
        case valueLine
        case template(FormatTemplate)
        case json(RecordJSON)
    }

    let topics: [String]
    let isRegex: Bool
    let partitions: PartitionList?
    let from: OffsetPoint
    let to: OffsetPoint?
    /// Nil for no limit.
    let maxMessages: Int?
    let rendering: Rendering
    let idleTimeoutMs: Int?
    let isUnbuffered: Bool
    let printsControl: Bool
    let options: GlobalOptions
    let settings: ClientSettings

    /// - Throws: `CommandFailure` of status `usage`.
    init(_ command: ConsumeCommand, isTerminal: Bool) throws(CommandFailure) {
        options = command.global
        var seen: Set<String> = []
        topics = (command.topicOptions + command.topicArguments).filter { seen.insert($0).inserted }
        guard !topics.isEmpty, !topics.contains("") else {
            throw .usage("no topic given; see 'skafka consume --help'")
        }
        isRegex = command.regex
        partitions = try command.partitions.map { text throws(CommandFailure) in
            try PartitionList.parse(text)
        }
        let range = try OffsetRange(options: command.offsets)
        to = range.to ?? (command.exitsAtEnd ? .end : nil)
        from = range.from ?? (to == nil ? .end : .beginning)
        if let count = command.maxMessages, count < 0 {
            throw .usage("-c takes a number of records")
        }
        maxMessages = command.maxMessages
        rendering = try ConsumePlan.rendering(command)
        idleTimeoutMs = command.idleTimeout?.clampedMilliseconds
        isUnbuffered = command.unbuffered || isTerminal
        printsControl = command.printControl
        var settings = try ClientSettings.load(command.global)
        if let level = command.isolationLevel { settings.consumer.isolationLevel = level }
        self.settings = settings
    }

    private static func rendering(_ command: ConsumeCommand) throws(CommandFailure) -> Rendering {
        if command.jsonLines || command.global.json {
            guard command.format == nil else { throw .usage("-f and -J exclude each other") }
            return .json(
                RecordJSON(
                    keyEncoding: command.keyEncoding, valueEncoding: command.valueEncoding))
        }
        let template = try FormatTemplate(
            command.format ?? "%v\\n", keyEncoding: command.keyEncoding,
            valueEncoding: command.valueEncoding)
        return template.isValueLine ? .valueLine : .template(template)
    }
}
