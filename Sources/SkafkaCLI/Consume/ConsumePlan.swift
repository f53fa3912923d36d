internal import KafkaClient

/// What `consume` was asked for, checked.
struct ConsumePlan: Sendable {
    /// How records are shown.
    enum Rendering: Sendable {
        /// The value and a newline.
        case valueLine
        case template(FormatTemplate)
        case row(RecordRow)
        case json(RecordJSON)
    }

    let topics: [String]
    let isRegex: Bool
    /// Nil reads without a group.
    let group: GroupConfiguration?
    let partitions: PartitionList?
    /// With a group, for partitions without a committed offset.
    let from: OffsetPoint
    /// Whether `from` was asked for rather than being a default.
    let isFromExplicit: Bool
    let to: OffsetPoint?
    /// Nil for no limit.
    let maxMessages: Int?
    let rendering: Rendering
    let filters: [RecordFilter]
    let idleTimeoutMs: Int?
    let isUnbuffered: Bool
    let printsControl: Bool
    /// Whether records that cannot be shown as asked are passed over.
    let skipsUnreadable: Bool
    /// Flags that were given and mean nothing here.
    let meaningless: [String]
    let options: GlobalOptions
    let settings: ClientSettings

    /// - Throws: `CommandFailure` of status `usage`.
    init(_ command: ConsumeCommand, isTerminal: Bool) throws(CommandFailure) {
        options = try command.console.applied(to: command.global)
        (topics, isRegex) = try ConsumePlan.topics(command)
        partitions = try command.partitions.map { text throws(CommandFailure) in
            try PartitionList.parse(text)
        }
        let range = try ConsumePlan.range(command)
        to = range.to ?? (command.exitsAtEnd ? .end : nil)
        isFromExplicit = range.from != nil
        from = range.from ?? (to == nil ? .end : .beginning)
        if let count = command.maxMessages, count < 0 {
            throw .usage("-c takes a number of records")
        }
        maxMessages = command.maxMessages
        rendering = try ConsumePlan.rendering(command)
        var filters: [RecordFilter] = []
        for text in command.filters { filters.append(try RecordFilter(text)) }
        self.filters = filters
        idleTimeoutMs = try ConsumePlan.idleTimeout(command)
        isUnbuffered = command.unbuffered || isTerminal
        printsControl = command.printControl
        skipsUnreadable = command.console.skipsUnreadable
        meaningless = command.console.meaningless
        var settings = try ClientSettings.load(options)
        if let level = command.isolationLevel { settings.consumer.isolationLevel = level }
        group = try ConsumePlan.group(command, settings)
        if group == nil, from == .stored, settings.group.groupID.isEmpty {
            throw .usage("offsets are stored for groups; use -g GROUP")
        }
        self.settings = settings
    }

    private static func topics(
        _ command: ConsumeCommand
    ) throws(CommandFailure) -> (names: [String], isRegex: Bool) {
        var names = command.topicOptions + command.topicArguments
        if let include = command.console.include {
            guard names.isEmpty else { throw .usage("--include and topics exclude each other") }
            names = [include]
        }
        var seen: Set<String> = []
        names = names.filter { seen.insert($0).inserted }
        guard !names.isEmpty, !names.contains("") else {
            throw .usage("no topic given; see 'skafka consume --help'")
        }
        return (names, command.regex || command.console.include != nil)
    }

    private static func range(_ command: ConsumeCommand) throws(CommandFailure) -> OffsetRange {
        var range = try OffsetRange(options: command.offsets)
        if command.console.fromBeginning {
            guard range.from == nil || range.from == .beginning else {
                throw .usage("--from-beginning and --offset exclude each other")
            }
            range.from = .beginning
        }
        return range
    }

    private static func idleTimeout(_ command: ConsumeCommand) throws(CommandFailure) -> Int? {
        guard let ms = command.console.timeoutMs else {
            return command.idleTimeout?.clampedMilliseconds
        }
        guard command.idleTimeout == nil else {
            throw .usage("--timeout-ms and --idle-timeout exclude each other")
        }
        guard ms >= 0 else { throw .usage("--timeout-ms takes a number of ms") }
        return DurationText(milliseconds: ms).clampedMilliseconds
    }

    private static func group(
        _ command: ConsumeCommand, _ settings: ClientSettings
    ) throws(CommandFailure) -> GroupConfiguration? {
        guard let id = command.group else { return nil }
        guard !id.isEmpty else { throw .usage("a group needs a name") }
        guard command.partitions == nil else {
            throw .usage("-p and -g exclude each other: the group shares the partitions")
        }
        var group = settings.group
        group.groupID = id
        guard group.heartbeatIntervalMs < group.sessionTimeoutMs else {
            throw .usage("heartbeat.interval.ms has to be less than session.timeout.ms")
        }
        return group
    }

    private static func rendering(_ command: ConsumeCommand) throws(CommandFailure) -> Rendering {
        let properties = try command.console.outputProperties()
        if command.jsonLines || command.global.json {
            guard command.format == nil else { throw .usage("-f and -J exclude each other") }
            return .json(
                RecordJSON(
                    keyEncoding: command.keyEncoding, valueEncoding: command.valueEncoding))
        }
        if !properties.isEmpty, command.format == nil {
            return .template(try ConsoleFormat(properties).template)
        }
        // Whoever says what a record looks like means that.
        let isFree =
            command.format == nil && command.keyDelimiter == nil && command.delimiter == nil
        if command.global.plain, isFree {
            return .row(
                RecordRow(keyEncoding: command.keyEncoding, valueEncoding: command.valueEncoding))
        }
        let null = command.showsNull ? Array("NULL".utf8) : []
        let template =
            if let format = command.format {
                // It goes before -D and -K, as in kcat.
                try FormatTemplate(
                    format, keyEncoding: command.keyEncoding, valueEncoding: command.valueEncoding
                ).showingNull(as: null)
            } else {
                FormatTemplate(try delimited(command), nullText: null)
            }
        return template.isValueLine ? .valueLine : .template(template)
    }

    /// The value and what ends it, with `-K` the key in front.
    private static func delimited(
        _ command: ConsumeCommand
    ) throws(CommandFailure) -> [FormatTemplate.Piece] {
        var pieces: [FormatTemplate.Piece] = []
        let between = try EscapedText.bytes(
            of: command.keyDelimiter ?? "", option: "--key-delimiter")
        if command.console.showsOffset {
            pieces += [.token(.offset(.decimal)), .literal(between)]
        }
        if command.keyDelimiter != nil {
            pieces += [.token(.key(command.keyEncoding)), .literal(between)]
        }
        pieces.append(.token(.value(command.valueEncoding)))
        pieces.append(
            .literal(try EscapedText.bytes(of: command.delimiter ?? "\\n", option: "--delimiter")))
        return pieces
    }
}
