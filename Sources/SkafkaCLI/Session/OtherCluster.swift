internal import ArgumentParser

/// The second cluster of a command that works between two, where it is not the same one.
struct OtherCluster: ParsableArguments {
    @Option(
        name: [.customLong("to-bootstrap-server"), .customLong("to-bootstrap-servers")],
        parsing: .unconditional,
        help: ArgumentHelp("Brokers of the second cluster.", valueName: "host[:port],…"))
    var bootstrapServers: String?

    @Option(
        name: .customLong("to-data-dir"),
        help: ArgumentHelp("The second cluster is the embedded broker there.", valueName: "dir"),
        completion: .directory)
    var dataDirectory: String?

    @Option(
        name: .customLong("to-command-config"),
        help: ArgumentHelp("Settings for the second cluster, as -F.", valueName: "file"),
        completion: .file())
    var settingsFile: String?

    @Option(
        name: .customLong("to-setting"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A setting for the second cluster, as -X; repeatable.", valueName: "key=value"))
    var settings: [String] = []

    /// Whether there is a second cluster.
    var isGiven: Bool {
        bootstrapServers != nil || dataDirectory != nil || settingsFile != nil || !settings.isEmpty
    }

    /// The options as a command has them that works with the second cluster alone. Nothing of the
    /// first one's address or settings is left in them.
    func options(like global: GlobalOptions) -> GlobalOptions {
        var other = global
        other.bootstrapServers = bootstrapServers
        other.dataDirectory = dataDirectory
        other.settingsFile = settingsFile
        other.settings = settings
        return other
    }

    /// The settings for the second cluster; without one, those for the first.
    ///
    /// - Throws: `CommandFailure` of status `usage` when no option names a broker.
    func loadSettings(like global: GlobalOptions) throws(CommandFailure) -> ClientSettings {
        guard isGiven else { return try ClientSettings.load(global) }
        let loaded = try ClientSettings.load(options(like: global))
        guard bootstrapServers != nil || dataDirectory != nil || loaded.bootstrapServers != nil
        else {
            throw .usage(
                "the second cluster has no address; use --to-bootstrap-server or --to-data-dir")
        }
        return loaded
    }
}
