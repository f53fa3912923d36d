import KafkaBase

/// What a consumer group sets for itself, with the broker's settings behind it (Kafka's
/// `GroupConfig`).
struct GroupConfig: Sendable {
    static let definitions: [SettingDefinition] = [
        .init(
            "consumer.heartbeat.interval.ms", .int, "5000", .atLeast(1),
            synonyms: ["group.consumer.heartbeat.interval.ms"],
            "Time between two heartbeats of a member (KIP-848), in ms."),
        .init(
            "consumer.session.timeout.ms", .int, "45000", .atLeast(1),
            synonyms: ["group.consumer.session.timeout.ms"],
            "Time without a heartbeat after which a member is removed (KIP-848), in ms."),
    ]

    /// What the group itself sets, validated.
    let overrides: [String: String]
    private let broker: BrokerSettings

    init(overrides: [String: String], broker: BrokerSettings) {
        self.overrides = overrides
        self.broker = broker
    }

    static func definition(of name: String) -> SettingDefinition? {
        definitions.first { $0.name == name }
    }

    /// Everything that gives the setting a value, the one in force first.
    func origins(of definition: SettingDefinition) -> [TopicSettings.Origin] {
        TopicSettings.origins(of: definition, overrides: overrides, source: .group, broker: broker)
    }

    /// Checks what no setting can be told by itself (Kafka's `GroupConfig.validateValues`).
    ///
    /// - Returns: what is wrong, nil if nothing is.
    var conflict: String? {
        for name in ["heartbeat.interval.ms", "session.timeout.ms"] {
            let value = number(of: "consumer.\(name)")
            let limit = { (bound: String) in "group.consumer.\(bound).\(name)" }
            if value < broker.number(of: limit("min")) {
                return "consumer.\(name) must be greater than or equal to \(limit("min"))"
            }
            if value > broker.number(of: limit("max")) {
                return "consumer.\(name) must be less than or equal to \(limit("max"))"
            }
        }
        guard
            number(of: "consumer.session.timeout.ms") > number(of: "consumer.heartbeat.interval.ms")
        else {
            return "consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms"
        }
        return nil
    }

    /// All that a consumer group is run by.
    var consumer: ConsumerGroupSettings {
        ConsumerGroupSettings(
            sessionTimeoutMs: number(of: "consumer.session.timeout.ms"),
            heartbeatIntervalMs: number(of: "consumer.heartbeat.interval.ms"),
            maxSize: Int(broker.number(of: "group.consumer.max.size")),
            assignors: SettingDefinition.elements(
                of: broker.value(of: "group.consumer.assignors") ?? ""
            ).compactMap(ServerAssignor.init(rawValue:)),
            migrationPolicy: broker.value(of: "group.consumer.migration.policy")
                .flatMap(ConsumerGroupSettings.MigrationPolicy.init(rawValue:)) ?? .disabled)
    }

    private func number(of name: String) -> Int32 {
        GroupConfig.definition(of: name).flatMap { origins(of: $0).first?.value }
            .flatMap { Int32($0) } ?? 0
    }
}

extension BrokerSettings {
    /// Checks what no setting of consumer groups can be told by itself (Kafka's
    /// `GroupCoordinatorConfig`).
    func checkConsumerGroups() throws(SettingError) {
        for name in ["heartbeat.interval.ms", "session.timeout.ms"] {
            try check("group.consumer.max.\(name)", isAtLeast: "group.consumer.min.\(name)")
            try check("group.consumer.\(name)", isAtLeast: "group.consumer.min.\(name)")
            try check("group.consumer.max.\(name)", isAtLeast: "group.consumer.\(name)")
        }
        let heartbeatMs = number(of: "group.consumer.heartbeat.interval.ms")
        guard heartbeatMs < number(of: "group.consumer.session.timeout.ms") else {
            throw .invalidValue(
                name: "group.consumer.heartbeat.interval.ms", value: "\(heartbeatMs)",
                reason: "must be less than group.consumer.session.timeout.ms")
        }
    }

    private func check(_ name: String, isAtLeast least: String) throws(SettingError) {
        guard number(of: name) < number(of: least) else { return }
        throw .invalidValue(
            name: name, value: "\(number(of: name))",
            reason: "must be greater than or equal to \(least) (\(number(of: least)))")
    }

    fileprivate func number(of name: String) -> Int32 {
        value(of: name).flatMap { Int32($0) } ?? 0
    }
}
