internal import KafkaTransport

/// Which broker a command talks to.
enum BrokerTarget: Equatable, Sendable {
    case cluster([BrokerAddress])
    /// - isDefault: whether nobody named the directory.
    case embedded(directory: String, isDefault: Bool)

    /// By precedence: flags, settings (`-X`, then `-F`), environment, profile, default.
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    init(
        _ options: GlobalOptions, _ settings: ClientSettings, environment: [String: String]
    ) throws(CommandFailure) {
        let variable = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if options.bootstrapServers != nil, options.dataDirectory != nil {
            throw .usage("-b and -d exclude each other; -b names brokers, -d a directory")
        }
        if let servers = options.bootstrapServers {
            self = .cluster(try BrokerTarget.addresses(servers))
        } else if let directory = options.dataDirectory {
            guard !directory.isEmpty else { throw .usage("-d needs a directory") }
            self = .embedded(directory: directory, isDefault: false)
        } else if let servers = settings.bootstrapServers
            ?? variable("SKAFKA_BOOTSTRAP_SERVERS") ?? variable("KAFKA_BOOTSTRAP_SERVERS")
        {
            self = .cluster(try BrokerTarget.addresses(servers))
        } else if let directory = variable("SKAFKA_DATA_DIR") {
            self = .embedded(directory: directory, isDefault: false)
        } else if let servers = settings.profileServers {
            self = .cluster(try BrokerTarget.addresses(servers))
        } else {
            self = .embedded(
                directory: try BrokerTarget.defaultDirectory(environment), isDefault: true)
        }
    }

    /// `HOST[:PORT],…`
    static func addresses(_ text: String) throws(CommandFailure) -> [BrokerAddress] {
        var result: [BrokerAddress] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let trimmed = String(part.filter { $0 != " " })
            guard let address = BrokerAddress(trimmed) else {
                throw .usage("'\(part)' is no broker address; write HOST:PORT, IPv6 in brackets")
            }
            result.append(address)
        }
        return result
    }

    /// `${XDG_DATA_HOME:-~/.local/share}/skafka`; the XDG specification ignores relative paths.
    static func defaultDirectory(_ environment: [String: String]) throws(CommandFailure) -> String {
        if let home = environment["XDG_DATA_HOME"], home.hasPrefix("/") { return home + "/skafka" }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw .usage("no broker named and HOME is not set; use -b HOST:PORT or -d DIR")
        }
        return home + "/.local/share/skafka"
    }
}
