internal import KafkaBroker
internal import KafkaTransport

/// What `broker` was asked for, checked.
struct BrokerPlan: Sendable {
    enum Directory: Equatable, Sendable {
        case named(String)
        /// The default one; a line says so.
        case usual(String)
        case ephemeral
    }

    let directory: Directory
    /// Of `log.dirs` beyond the first one; nil where nothing is said of them.
    let moreDirectories: [String]?
    let listeners: [BrokerListener]
    /// What all listeners tell clients that have nothing of their own.
    let advertised: BrokerOptions.AdvertisedAddress?
    let settings: BrokerSettings
    let sync: SyncPolicy
    let autoCreateTopics: Bool?
    let topics: [BrokerOptions.InitialTopic]
    let metrics: BrokerOptions.MetricsAddress?
    /// Empty to serve until told to stop.
    let command: [String]
    let options: GlobalOptions

    /// - Throws: `CommandFailure`.
    init(_ command: BrokerCommand, environment: [String: String]) throws(CommandFailure) {
        options = command.global
        guard options.bootstrapServers == nil else {
            throw .usage("-b is for clients; a broker has --listen")
        }
        guard !command.ephemeral || options.dataDirectory == nil else {
            throw .usage("--ephemeral and -d exclude each other")
        }
        var properties = try BrokerPlan.properties(command)
        let directories = BrokerPlan.take(["log.dirs", "log.dir"], from: &properties)
        let listening = BrokerPlan.take(["listeners"], from: &properties)
        let advertising = BrokerPlan.take(["advertised.listeners"], from: &properties)
        if command.ephemeral {
            directory = .ephemeral
            moreDirectories = nil
        } else {
            (directory, moreDirectories) = try BrokerPlan.directories(
                options, BrokerPlan.list(directories), environment)
        }
        let controllers = BrokerPlan.list(properties["controller.listener.names"]) ?? []
        let isServed = { (address: String) in
            !controllers.contains { address.hasPrefix("\($0)://") }
        }
        let addresses =
            command.listen.isEmpty
            ? BrokerPlan.list(listening)?.filter(isServed) ?? ["127.0.0.1:9092"] : command.listen
        do {
            settings = try BrokerSettings(properties)
        } catch {
            throw .usage("\(error)")
        }
        var listeners: [BrokerListener] = []
        for address in addresses { listeners.append(try ListenText.listener(address, settings)) }
        advertised = try BrokerPlan.advertise(
            BrokerPlan.list(command.advertise)
                ?? BrokerPlan.list(advertising)?.filter(isServed) ?? [], on: &listeners)
        self.listeners = listeners
        sync = command.sync ?? (command.ephemeral ? .never : .acksAll)
        autoCreateTopics = command.autoCreateTopics
        var topics: [BrokerOptions.InitialTopic] = []
        for text in command.topics { topics.append(try BrokerPlan.topic(text)) }
        self.topics = topics
        metrics = try command.metrics.map { text throws(CommandFailure) in
            let (host, port) = try ListenText.hostAndPort(text)
            guard let port else { throw .usage("--metrics needs a port: HOST:PORT") }
            return BrokerOptions.MetricsAddress(
                host: host.isEmpty ? "0.0.0.0" : host, port: port)
        }
        self.command = command.command
    }

    /// Gives listeners the addresses that stand behind their names.
    ///
    /// - Returns: the one without a name.
    private static func advertise(
        _ addresses: [String], on listeners: inout [BrokerListener]
    ) throws(CommandFailure) -> BrokerOptions.AdvertisedAddress? {
        var common: BrokerOptions.AdvertisedAddress?
        for text in addresses {
            let (name, address) = ListenText.split(text)
            let (host, port) = try ListenText.hostAndPort(address)
            let advertised = BrokerOptions.AdvertisedAddress(host: host, port: port)
            guard let name else {
                common = advertised
                continue
            }
            let named = listeners.indices.filter { listeners[$0].name == name }
            guard !named.isEmpty else {
                throw .usage("'\(text)' is to be advertised, but no listener is called \(name)")
            }
            for index in named { listeners[index].advertised = advertised }
        }
        return common
    }

    /// The files' settings, then those of `-X` over them.
    private static func properties(
        _ command: BrokerCommand
    ) throws(CommandFailure) -> [String: String] {
        var properties: [String: String] = [:]
        for path in [command.global.settingsFile, command.config].compactMap({ $0 }) {
            for entry in try PropertiesFile.load(path) { properties[entry.key] = entry.value }
        }
        for text in command.global.settings {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw .usage("'\(text)' is no setting; write -X name=value")
            }
            properties[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return properties
    }

    /// What the command line has options for is not left to the settings.
    private static func take(_ names: [String], from properties: inout [String: String]) -> String?
    {
        var value: String?
        for name in names { value = properties.removeValue(forKey: name) ?? value }
        return value
    }

    private static func list(_ text: String?) -> [String]? {
        text.map { $0.split(separator: ",").map { String($0.filter { $0 != " " }) } }
    }

    /// `-d` is the first of the directories, whatever the setting says.
    private static func directories(
        _ options: GlobalOptions, _ setting: [String]?, _ environment: [String: String]
    ) throws(CommandFailure) -> (Directory, [String]?) {
        let named = setting ?? []
        let variable = environment["SKAFKA_DATA_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        guard let first = options.dataDirectory ?? named.first ?? variable else {
            return (.usual(try BrokerTarget.defaultDirectory(environment)), nil)
        }
        guard !first.isEmpty, !named.contains("") else {
            throw .usage("a data directory has no name")
        }
        return (.named(first), setting.map { $0.filter { $0 != first } })
    }

    /// `NAME[:PARTITIONS]`
    private static func topic(_ text: String) throws(CommandFailure) -> BrokerOptions.InitialTopic {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return .init(name: text) }
        guard let partitions = Int32(parts[1]), partitions > 0 else {
            throw .usage("'\(text)' is no topic; write NAME or NAME:PARTITIONS")
        }
        return .init(name: String(parts[0]), partitions: partitions)
    }
}
