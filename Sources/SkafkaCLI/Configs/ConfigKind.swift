internal import KafkaBase
internal import KafkaClient

extension ConfigResource.Kind {
    /// In the command line, and in its output.
    var word: String {
        switch self {
        case .topic: "topic"
        case .broker: "broker"
        case .brokerLogger: "broker-logger"
        case .clientMetrics: "client-metrics"
        case .group: "group"
        }
    }

    /// The kind by its word, or by that of Kafka's `--entity-type`.
    init?(word: String) {
        guard let kind = Self.allCases.first(where: { word == $0.word || word == $0.word + "s" })
        else { return nil }
        self = kind
    }

    /// - Throws: `CommandFailure` of status `usage`.
    static func parse(_ word: String) throws(CommandFailure) -> Self {
        if let kind = Self(word: word) { return kind }
        if ["user", "users", "client", "clients", "ip", "ips"].contains(word) {
            throw .usage("what \(word) have are quotas; see 'skafka quotas --help'")
        }
        let words = allCases.map(\.word)
        let near = NearestName.of(word, among: words).map { "; did you mean \($0)?" }
        throw .usage(
            "'\(word)' has no settings"
                + (near ?? "; there are \(words.joined(separator: ", "))"))
    }
}

extension ConfigEntry.Source {
    /// Kafka's name (`ConfigEntry.ConfigSource`).
    var name: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .topic: "DYNAMIC_TOPIC_CONFIG"
        case .dynamicBroker: "DYNAMIC_BROKER_CONFIG"
        case .dynamicDefaultBroker: "DYNAMIC_DEFAULT_BROKER_CONFIG"
        case .staticBroker: "STATIC_BROKER_CONFIG"
        case .default: "DEFAULT_CONFIG"
        case .dynamicBrokerLogger: "DYNAMIC_BROKER_LOGGER_CONFIG"
        case .clientMetrics: "DYNAMIC_CLIENT_METRICS_CONFIG"
        case .group: "DYNAMIC_GROUP_CONFIG"
        }
    }
}

extension ConfigResource {
    /// Its name as it is written in the command line.
    var word: String { self == .brokerDefaults ? "default" : name }
}
