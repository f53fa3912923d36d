internal import ArgumentParser
internal import KafkaLog
internal import KafkaWire

/// `skafka dump-segment`
struct DumpSegmentCommand: SkafkaCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump-segment", _superCommandName: "skafka",
        abstract: "Decode a log directory's files, without a broker.",
        discussion: Help.examples(
            """
            skafka dump-segment 00000000000000000000.log        its batches
            skafka dump-segment --records --from 1000 --to 1010 data/orders-0
            skafka dump-segment data                            what each partition has
            skafka dump-segment --verify data                   look for damage
            skafka dump-segment --json --records data/orders-0 | jq .
            skafka dump-segment --kafka --deep-iteration --files 00000000000000000000.log
            """,
            """
            Reads every kind of file that a log directory has, or whole directories; never changes \
            anything. A file shows as a row for each batch or entry. A directory, with those \
            inside of it, shows as a summary of each partition and of all: what is in it, and \
            whether it is sound; with --batches or --records its files show as if they were \
            named, and the summary behind them. Every batch and record is checked either way, \
            also where it is not shown, and with a whole log the indexes of offsets and times \
            beside it. Records of Kafka's own topics are decoded by their directory's name.

            Damage is told on standard error (with --json as objects between the others); exit \
            code 4 says that there was corruption.
            """))

    @Argument(help: "Files and directories.", completion: .file())
    var paths: [String] = []

    @Option(help: ArgumentHelp("Files, with commas between them.", valueName: "list"))
    var files: String?

    @Flag(help: "Print the batches and entries of a directory's files, not only a summary.")
    var batches = false

    @Flag(help: "Print the records of the batches.")
    var records = false

    @Flag(help: "Check transaction indexes against the log, too.")
    var verify = false

    @Option(
        help: ArgumentHelp(
            "First offset of interest; an index saves reading what lies before.",
            valueName: "offset"))
    var from: Int64?

    @Option(help: ArgumentHelp("Last offset of interest.", valueName: "offset"))
    var to: Int64?

    @Option(help: ArgumentHelp("Read no more of each log, from its start.", valueName: "bytes"))
    var maxBytes: Int?

    @Flag(help: "Take warnings for corruption.")
    var strict = false

    @Flag(help: "Go on behind bad bytes, at the next intact batch.")
    var resync = false

    @Flag(help: "Print what Kafka 3.9's kafka-dump-log prints.")
    var kafka = false

    @Flag(help: "As in Kafka: look into the batches; elsewhere the same as --records.")
    var deepIteration = false

    @Flag(help: "As in Kafka: print keys and values; elsewhere the same as --records.")
    var printDataLog = false

    @Flag(help: "As in Kafka: say whether a broker would take the indexes; elsewhere --verify.")
    var indexSanityCheck = false

    @Flag(help: "As in Kafka: check indexes without printing their entries.")
    var verifyIndexOnly = false

    @Flag(help: "As in Kafka: print keys and values alone.")
    var skipRecordMetadata = false

    @Flag(help: "As in Kafka: take records for those of __consumer_offsets.")
    var offsetsDecoder = false

    @Flag(help: "As in Kafka: take records for those of __transaction_state.")
    var transactionLogDecoder = false

    @Flag(help: "As in Kafka: take records for those of __cluster_metadata.")
    var clusterMetadataDecoder = false

    @Flag(help: "As in Kafka: take records for those of __share_group_state.")
    var shareGroupStateDecoder = false

    @Option(
        help: ArgumentHelp(
            "As in Kafka: StringDecoder, IntegerDecoder or LongDecoder; decodes nothing else.",
            valueName: "class"))
    var keyDecoderClass: DecoderClass?

    @Option(
        help: ArgumentHelp("As in Kafka: the same for values.", valueName: "class"))
    var valueDecoderClass: DecoderClass?

    @Option(
        help: ArgumentHelp(
            "As in Kafka; indexes are compared with batches of any size here.",
            valueName: "bytes"))
    var maxMessageSize: Int?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if allPaths.isEmpty { throw ValidationError("Name a file or a directory") }
        if let from, let to, to < from { throw ValidationError("--to lies before --from") }
        if let maxBytes, maxBytes < 0 { throw ValidationError("--max-bytes is negative") }
        if let maxMessageSize, maxMessageSize <= 0 {
            throw ValidationError("--max-message-size is above 0")
        }
        if kafka, global.json || global.plain {
            throw ValidationError("--kafka has a form of its own: no --json or --plain with it")
        }
    }

    private var allPaths: [String] {
        paths + (files ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
    }

    /// The decoder that a flag names; the first one counts, as in Kafka.
    private var chosenTopic: InternalTopic? {
        if offsetsDecoder { return .consumerOffsets }
        if transactionLogDecoder { return .transactionState }
        if clusterMetadataDecoder { return .clusterMetadata }
        return shareGroupStateDecoder ? .shareGroupState : nil
    }

    private var decoder: RecordDecoder {
        if let topic = chosenTopic { return .topic(topic) }
        return keyDecoderClass ?? valueDecoderClass == nil ? .byDirectory : .none
    }

    private var settings: DumpSettings {
        var settings = DumpSettings()
        settings.asKafka = kafka
        settings.decoder = decoder
        // A decoder that is asked for by name is asked for its output.
        let decodes = decoder != .byDirectory
        settings.printsRecords = records || deepIteration || printDataLog || decodes
        settings.printsData = records || printDataLog || decodes
        settings.skipsRecordMetadata = skipRecordMetadata
        settings.onlyIndexSanity = indexSanityCheck
        settings.onlyIndexFindings = verifyIndexOnly
        settings.verifies = verify || indexSanityCheck || verifyIndexOnly
        settings.isStrict = strict
        settings.resynchronizes = resync
        settings.fromOffset = from ?? .min
        settings.toOffset = to ?? .max
        settings.maxBytes = maxBytes ?? .max
        settings.keyDecoder = keyDecoderClass ?? .string
        settings.valueDecoder = valueDecoderClass ?? .string
        settings.isQuiet = global.quiet
        settings.showsRowsOfDirectories = batches || kafka || settings.printsRecords
        return settings
    }

    func execute(in context: CommandContext) async throws {
        let (settings, style, paths) = (settings, global.style, allPaths)
        // Blocks on the disk and on the reader of its output.
        try await BlockingThread().run {
            try DumpSegmentCommand.dump(paths, settings, style, in: context)
        }
    }

    private static func dump(
        _ paths: [String], _ settings: DumpSettings, _ style: OutputStyle,
        in context: CommandContext
    ) throws {
        let output = context.makeOutput()
        output.widenPipe()
        let showsRows =
            settings.showsRowsOfDirectories || !paths.allSatisfy(DumpFile.isDirectory)
        let findings = FindingReporter(
            context: context, output: output, asJSON: style == .json, isQuiet: settings.isQuiet,
            showsRows: showsRows)
        let printsRecords = settings.printsRecords
        let hasFailed =
            switch style {
            case _ where settings.asKafka:
                dump(
                    paths, settings, KafkaRenderer(output, findings, settings), in: context)
            case .human:
                dump(
                    paths, settings,
                    TableRenderer(
                        output: output, findings: findings, printsRecords: printsRecords),
                    in: context)
            case .plain:
                dump(
                    paths, settings,
                    PlainRenderer(
                        output: output, findings: findings, printsRecords: printsRecords),
                    in: context)
            case .json:
                dump(
                    paths, settings,
                    JSONRenderer(
                        output: output, findings: findings, printsRecords: printsRecords),
                    in: context)
            }
        try output.flush()
        findings.reportCount(always: settings.verifies && !settings.asKafka)
        if findings.foundCorruption(strict: settings.isStrict) {
            throw CommandFailure.reported(.corrupt)
        }
        if hasFailed { throw CommandFailure.reported(.failed) }
    }

    /// Whether a path could not be read.
    private static func dump(
        _ paths: [String], _ settings: DumpSettings, _ renderer: some DumpRenderer,
        in context: CommandContext
    ) -> Bool {
        var rows = DumpRun(
            settings: settings, context: context, renderer: renderer, named: paths)
        var summaries = DumpRun(
            settings: settings, context: context, renderer: SummaryOnly(renderer), named: paths)
        for path in paths where !rows.isStopped && !summaries.isStopped {
            if !settings.showsRowsOfDirectories, DumpFile.isDirectory(path) {
                summaries.dump(path)
            } else {
                rows.dump(path)
            }
        }
        rows.end()
        summaries.end()
        return rows.hasFailed || summaries.hasFailed
    }
}
