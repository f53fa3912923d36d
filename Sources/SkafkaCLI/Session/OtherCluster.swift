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
            "A setting for the second cluster, as -X; repeatable.", valueName: "key=value"),
        completion: .settings)
    var settings: [String] = []

    @Option(
        name: .customLong("to-profile"),
        help: ArgumentHelp("The second cluster is that of a profile.", valueName: "name"),
        completion: .profiles)
    var profile: String?

    /// Whether there is a second cluster.
    var isGiven: Bool {
        bootstrapServers != nil || dataDirectory != nil || settingsFile != nil || profile != nil
            || !settings.isEmpty
    }

    /// Options and settings as a command has them that works with the second cluster alone:
    /// nothing of the first one's address, nor the environment's, counts for it. Without a second
    /// cluster they are the first one's.
    ///
    /// - Throws: `CommandFailure` of status `usage` when no option names a broker.
    func resolve(
        like global: GlobalOptions
    ) throws(CommandFailure) -> (options: GlobalOptions, settings: ClientSettings) {
        guard isGiven else { return (global, try ClientSettings.load(global)) }
        var options = global
        options.settingsFile = settingsFile
        options.settings = settings
        options.profile = profile
        options.bootstrapServers = bootstrapServers
        options.dataDirectory = dataDirectory
        let loaded = try ClientSettings.load(options)
        if dataDirectory == nil, bootstrapServers == nil {
            let fromProfile = profile == nil ? nil : loaded.profileServers
            options.bootstrapServers = loaded.bootstrapServers ?? fromProfile
            guard options.bootstrapServers != nil else {
                throw .usage(
                    "the second cluster has no address; use --to-bootstrap-server or --to-data-dir")
            }
        }
        return (options, loaded)
    }
}
