internal import ArgumentParser

/// What users of `kafka-console-consumer` and kcat write out of habit. Not in the help, which would
/// only be longer by it; the man page has it.
struct ConsoleConsumerOptions: ParsableArguments {
    @Flag(name: .customLong("from-beginning"), help: .hidden)
    var fromBeginning = false

    @Option(
        name: .customLong("timeout-ms"), help: ArgumentHelp(visibility: .hidden))
    var timeoutMs: Int64?

    @Option(
        name: .customLong("property"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(visibility: .hidden))
    var properties: [String] = []

    @Option(
        name: .customLong("formatter-property"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(visibility: .hidden))
    var formatterProperties: [String] = []

    @Option(
        name: [.customLong("formatter-config")], help: ArgumentHelp(visibility: .hidden),
        completion: .file())
    var formatterConfig: String?

    @Flag(name: .customLong("skip-message-on-error"), help: .hidden)
    var skipsUnreadable = false

    @Option(
        name: .customLong("consumer-property"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(visibility: .hidden))
    var consumerProperties: [String] = []

    @Option(name: .customLong("consumer.config"), help: ArgumentHelp(visibility: .hidden))
    var consumerConfig: String?

    @Option(
        name: .customLong("include"), parsing: .unconditional,
        help: ArgumentHelp(visibility: .hidden))
    var include: String?

    /// kcat's choice of mode.
    @Flag(name: .customShort("C"), help: .hidden)
    var isConsumer = false

    /// kcat's offset in front of a record.
    @Flag(name: .customShort("O"), help: .hidden)
    var showsOffset = false

    /// kcat takes it in every mode.
    @Option(
        name: .customShort("z", allowingJoined: true), help: ArgumentHelp(visibility: .hidden))
    var compression: String?

    /// kcat takes it in every mode.
    @Option(
        name: .customShort("H", allowingJoined: true), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(visibility: .hidden))
    var headers: [String] = []

    /// What is told of the output by Kafka's properties; a file's go before those of the line.
    ///
    /// - Throws: `CommandFailure`.
    func outputProperties() throws(CommandFailure) -> [String] {
        let own = properties + formatterProperties
        guard let formatterConfig else { return own }
        return try PropertiesFile.load(formatterConfig).map { "\($0.key)=\($0.value)" } + own
    }

    /// Flags of producers, which say nothing about what is read.
    var meaningless: [String] {
        (compression == nil ? [] : ["-z"]) + (headers.isEmpty ? [] : ["-H"])
    }

    /// The command's options with the settings that stand here.
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    func applied(to options: GlobalOptions) throws(CommandFailure) -> GlobalOptions {
        var options = options
        options.settings += consumerProperties
        if let consumerConfig {
            guard options.settingsFile == nil else {
                throw .usage("--consumer.config and -F exclude each other")
            }
            options.settingsFile = consumerConfig
        }
        return options
    }
}
