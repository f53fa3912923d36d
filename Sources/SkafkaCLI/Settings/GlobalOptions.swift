internal import ArgumentParser

/// When output is coloured.
enum ColorChoice: String, Sendable {
    case auto, always, never
}

// Spelled out, since every command has this option: what the parser derives for a `CaseIterable`
// makes each start of the program look up several conformances.
extension ColorChoice: ExpressibleByArgument {
    static var allValueStrings: [String] { ["auto", "always", "never"] }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// The options that every command has.
struct GlobalOptions: ParsableArguments {
    /// The section of the help that these options stand in.
    static let title = "Common options"

    @Option(
        name: [.customShort("b", allowingJoined: true), .customLong("bootstrap-server")],
        parsing: .unconditional,
        help: ArgumentHelp("Brokers to ask first.", valueName: "host[:port],…"))
    var bootstrapServers: String?

    @Option(
        name: [.customShort("d", allowingJoined: true), .customLong("data-dir")],
        help: ArgumentHelp("Use the embedded broker on this directory.", valueName: "dir"),
        completion: .directory)
    var dataDirectory: String?

    @Option(
        name: [.customShort("X", allowingJoined: true), .customLong("setting")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A setting, by Kafka's or librdkafka's name; repeatable.", valueName: "key=value"),
        completion: .settings)
    var settings: [String] = []

    @Option(
        name: [.customShort("F", allowingJoined: true), .customLong("command-config")],
        help: ArgumentHelp("Settings from a .properties file.", valueName: "file"),
        completion: .file())
    var settingsFile: String?

    @Option(
        help: ArgumentHelp("Settings from a section of the config file.", valueName: "name"),
        completion: .profiles)
    var profile: String?

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more about what happens.")
    var verbose = false

    @Option(help: ArgumentHelp("How long to wait for a broker.", valueName: "duration"))
    var timeout = DurationText(milliseconds: 10_000)

    @Flag(help: "One JSON document (JSON Lines where records stream).")
    var json = false

    @Flag(help: "Rows without header, tabs between the cells.")
    var plain = false

    @Option(help: "auto, always or never.")
    var color = ColorChoice.auto

    /// `--json` wins over `--plain`.
    var style: OutputStyle { json ? .json : plain ? .plain : .human }

    /// The same options as words, for the commands of a shell that was started with them.
    ///
    /// - Parameter besides: whether the command names a broker itself.
    func words(besides namesBroker: Bool) -> [String] {
        var words: [String] = []
        if !namesBroker {
            if let bootstrapServers { words += ["--bootstrap-server", bootstrapServers] }
            if let dataDirectory { words += ["--data-dir", dataDirectory] }
        }
        for setting in settings { words += ["--setting", setting] }
        if let settingsFile { words += ["--command-config", settingsFile] }
        if let profile { words += ["--profile", profile] }
        if quiet { words.append("--quiet") }
        if verbose { words.append("--verbose") }
        if json { words.append("--json") }
        if plain { words.append("--plain") }
        return words + ["--timeout", "\(timeout)", "--color", color.rawValue]
    }
}
