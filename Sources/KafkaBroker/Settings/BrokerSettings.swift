internal import KafkaBase
internal import KafkaSecurity

/// The broker's settings, by Kafka's names, with Kafka's defaults.
///
/// A value; what the data path asks for stands in typed properties. Those are read once, but for
/// what can change at run time (KIP-226): the defaults of the topics' settings, and the cleaner's.
public struct BrokerSettings: Sendable {
    /// What was given at the start, validated; the rest has its default.
    public let overrides: [String: String]
    /// Settings of Kafka's that were given and have no effect here.
    public let ignoredNames: [String]
    /// What was changed at run time for this broker, and for all of the cluster.
    public private(set) var dynamic: [String: String] = [:]
    public private(set) var dynamicDefaults: [String: String] = [:]

    public let nodeID: Int32
    public let autoCreateTopics: Bool
    public let deleteTopicEnable: Bool
    public let defaultPartitions: Int32
    /// Largest frame of a request, in bytes.
    public let maxRequestBytes: Int
    public let maxConnections: Int
    private(set) var connectionLimits: ConnectionLimits
    /// Time without a request after which a connection is closed, in ms; negative for never.
    public let maxIdleMs: Int64
    /// Upper bound of a Fetch response, in bytes.
    public let fetchMaxBytes: Int
    /// Fetch sessions that are kept.
    public let maxFetchSessions: Int
    /// Whether logs are compacted (`log.cleaner.enable`).
    public let isCleanerEnabled: Bool
    public private(set) var cleaner: CleanerSettings
    /// Ms between two looks for segments to delete, and before the first one.
    public let retentionCheckIntervalMs: Int64
    public let initialTaskDelayMs: Int64
    /// Ms between two notes of how far the logs are durable.
    public let checkpointIntervalMs: Int64
    /// Whether ACLs say who may do what, but for super users.
    let hasAuthorizer: Bool
    let superUsers: Set<KafkaPrincipal>
    /// Whether everybody may use what no ACL is about.
    let allowsUnmentioned: Bool

    /// Parses and checks settings.
    ///
    /// - Throws: `SettingError`, for a name that is not known with the nearest that is.
    public init(_ properties: [String: String] = [:]) throws(SettingError) {
        var overrides: [String: String] = [:]
        var ignored: [String] = []
        for (given, text) in properties.sorted(by: { $0.key < $1.key }) {
            let name = BrokerSettings.aliases[given] ?? given
            let base = BrokerSettings.listenerSetting(name).map(String.init) ?? name
            if ForeignSettings.contains(base) {
                ignored.append(name)
                continue
            }
            guard let definition = BrokerSettings.definition(of: base) else {
                throw .unknown(
                    name: given,
                    nearest: NearestName.of(given, among: BrokerSettings.definitions.map(\.name)))
            }
            overrides[name] = try definition.validated(text)
        }
        self.overrides = overrides
        ignoredNames = ignored
        let value = { (name: String) in
            overrides[name] ?? BrokerSettings.definition(of: name)?.defaultValue ?? ""
        }
        nodeID = Int32(value("node.id")) ?? 0
        autoCreateTopics = value("auto.create.topics.enable") == "true"
        deleteTopicEnable = value("delete.topic.enable") == "true"
        defaultPartitions = Int32(value("num.partitions")) ?? 1
        maxRequestBytes = Int(value("socket.request.max.bytes")) ?? 0
        maxConnections = Int(value("max.connections")) ?? 0
        connectionLimits = ConnectionLimits(value)
        maxIdleMs = Int64(value("connections.max.idle.ms")) ?? -1
        fetchMaxBytes = Int(value("fetch.max.bytes")) ?? 0
        maxFetchSessions = Int(value("max.incremental.fetch.session.cache.slots")) ?? 0
        retentionCheckIntervalMs = Int64(value("log.retention.check.interval.ms")) ?? .max
        initialTaskDelayMs = Int64(value("log.initial.task.delay.ms")) ?? 0
        checkpointIntervalMs = Int64(value("log.flush.offset.checkpoint.interval.ms")) ?? .max
        isCleanerEnabled = value("log.cleaner.enable") == "true"
        cleaner = CleanerSettings(value)
        hasAuthorizer = try BrokerSettings.hasAuthorizer(value("authorizer.class.name"))
        superUsers = try BrokerSettings.superUsers(value("super.users"))
        allowsUnmentioned = value("allow.everyone.if.no.acl.found") == "true"
        try checkConsumerGroups()
    }

    /// The same settings with one that was not given so far.
    ///
    /// - Throws: `SettingError.invalidValue`.
    func setting(_ name: String, to value: String) throws(SettingError) -> BrokerSettings {
        try BrokerSettings(overrides.merging([name: value]) { given, _ in given })
            .changed(dynamic: dynamic, dynamicDefaults: dynamicDefaults)
    }

    /// The same settings with others that were changed at run time, for this broker and for all.
    func changed(
        dynamic: [String: String], dynamicDefaults: [String: String]
    ) -> BrokerSettings {
        var settings = self
        settings.dynamic = dynamic
        settings.dynamicDefaults = dynamicDefaults
        settings.cleaner = CleanerSettings { [settings] in settings.value(of: $0) ?? "" }
        settings.connectionLimits = ConnectionLimits { [settings] in
            settings.value(of: $0) ?? ""
        }
        return settings
    }

    /// Where a value may come from, the strongest first; the defaults are not among it.
    var layers: [(values: [String: String], source: TopicSettings.Source)] {
        [
            (dynamic, .dynamicBroker), (dynamicDefaults, .dynamicDefaultBroker),
            (overrides, .staticBroker),
        ]
    }

    /// Names of one thing in several units, the strongest first.
    private static let families = [
        ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
        ["log.roll.ms", "log.roll.hours"],
        ["log.roll.jitter.ms", "log.roll.jitter.hours"],
    ]

    /// Everything that gives a setting a value, the one in force first, and what would be in force
    /// without it (Kafka's `DynamicBrokerConfig.brokerConfigSynonyms`). The first is the setting's
    /// own; none where it has no value.
    func origins(of definition: SettingDefinition) -> [TopicSettings.Origin] {
        let names =
            BrokerSettings.families.first { $0.contains(definition.name) } ?? [definition.name]
        var origins = layers.flatMap { values, source in
            names.compactMap { name in
                values[name].map { TopicSettings.Origin(name: name, value: $0, source: source) }
            }
        }
        for name in names {
            let definition = name == definition.name ? definition : Self.definition(of: name)
            guard let value = definition?.defaultValue else { continue }
            origins.append(.init(name: name, value: value, source: .defaultValue))
        }
        return Array(origins.drop { $0.name != definition.name })
    }

    /// The value in force, as text; nil for a setting without default that was not given.
    public func value(of name: String) -> String? {
        for (values, _) in layers { if let value = values[name] { return value } }
        return BrokerSettings.definition(of: name)?.defaultValue
    }

    /// Settings that can be changed at run time: of each topic's setting that the broker has a
    /// default for, the strongest name (Kafka's `DynamicLogConfig.ReconfigurableConfigs`), the
    /// cleaner's, how many connections an address may have, and what logs are told besides.
    static let dynamicNames = Set(TopicSettings.definitions.compactMap(\.synonyms.first))
        .union(CleanerSettings.dynamicNames)
        .union([
            "max.connections.per.ip", "max.connections.per.ip.overrides",
            "producer.id.expiration.ms",
        ])

    /// Other names under which a setting may be given.
    private static let aliases = ["broker.id": "node.id", "log.dir": "log.dirs"]

    private static let definitionsByName = Dictionary(
        uniqueKeysWithValues: definitions.map { ($0.name, $0) })

    static func definition(of name: String) -> SettingDefinition? { definitionsByName[name] }

    /// Also of those that are taken without effect.
    static func dynamicDefinition(of name: String) -> SettingDefinition? {
        definition(of: name) ?? ForeignSettings.dynamicDefinition(of: name)
    }

    static func isDynamic(_ name: String) -> Bool {
        dynamicNames.contains(name) || ForeignSettings.dynamicDefinition(of: name) != nil
    }

    /// The definitions, with those of what was set at run time without effect.
    var shownDefinitions: [SettingDefinition] {
        let names = Set(dynamic.keys).union(dynamicDefaults.keys).sorted()
        return BrokerSettings.definitions
            + names.filter { BrokerSettings.definition(of: $0) == nil }
            .compactMap(ForeignSettings.dynamicDefinition)
    }
}
