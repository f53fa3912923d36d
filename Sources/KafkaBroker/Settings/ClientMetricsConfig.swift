import KafkaBase

/// What a subscription to clients' metrics sets (KIP-714, Kafka's `ClientMetricsConfigs`). It is
/// kept and shown; nobody here takes the metrics, so clients are not asked for any, as they are not
/// by a Kafka without a receiver of them.
struct ClientMetricsConfig: Sendable {
    static let definitions: [SettingDefinition] = [
        .init("metrics", .list, "", .none, "Prefixes of the metrics' names; * for all."),
        .init("interval.ms", .int, "300000", .none, "Time between two pushes of a client, in ms."),
        .init(
            "match", .list, "", .none,
            "Which clients: client_id=EXPRESSION and the like; all of them when empty."),
    ]

    /// By what clients can be told apart.
    private static let selectors: Set<String> = [
        "client_instance_id", "client_id", "client_software_name", "client_software_version",
        "client_source_address", "client_source_port",
    ]

    /// What the subscription sets, validated one by one.
    let overrides: [String: String]

    static func definition(of name: String) -> SettingDefinition? {
        definitions.first { $0.name == name }
    }

    /// Everything that gives the setting a value, the one in force first.
    func origins(
        of definition: SettingDefinition, _ broker: BrokerSettings
    ) -> [TopicSettings.Origin] {
        TopicSettings.origins(
            of: definition, overrides: overrides, source: .clientMetrics, broker: broker)
    }

    /// Checks what types do not tell (`ClientMetricsConfigs.validateProperties`).
    func check() throws(ApiError) {
        if let interval = overrides["interval.ms"].flatMap({ Int($0) }),
            !(100...3_600_000).contains(interval)
        {
            throw ApiError(
                .invalidRequest,
                "Invalid value \(interval) for interval.ms, interval must be between 100 and "
                    + "3600000 (1 hour)")
        }
        for pattern in SettingDefinition.elements(of: overrides["match"] ?? "") {
            let parts = pattern.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty,
                ClientMetricsConfig.selectors.contains(String(parts[0]).trimmingBlanks())
            else {
                throw ApiError(.invalidConfig, "Illegal client matching pattern: \(pattern)")
            }
        }
    }
}
