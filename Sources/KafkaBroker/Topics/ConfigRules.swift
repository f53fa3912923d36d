import KafkaBase

/// What a client wants changed of the settings of one topic, broker, group or subscription.
struct ConfigAlteration: Sendable, Equatable {
    enum Resource: Sendable, Hashable {
        case topic(String)
        /// By its id in text, or `ClusterImage.allBrokers`.
        case broker(String)
        case group(String)
        /// A subscription to clients' metrics.
        case clientMetrics(String)
    }

    /// With the numbers of IncrementalAlterConfigs (KIP-339).
    enum Operation: Int8, Sendable {
        case set = 0
        case delete = 1
        case append = 2
        case subtract = 3
    }

    struct Change: Sendable, Equatable {
        var name: String
        var operation: Operation
        /// Nil when the setting is deleted.
        var value: String?
    }

    var resource: Resource
    var changes: [Change]
    /// Whether settings that are not named stay (AlterConfigs lets them go).
    var keepsOthers: Bool
}

/// Which changes of settings are taken (Kafka's `ConfigAdminManager`,
/// `ConfigurationControlManager` and `ControllerConfigurationValidator`). Pure.
struct ConfigRules: Sendable {
    /// In force before the change.
    let settings: BrokerSettings

    // MARK: The request

    func resource(type: Int8, name: String) throws(ApiError) -> ConfigAlteration.Resource {
        switch ConfigResourceType(rawValue: type) {
        case .topic:
            guard !name.isEmpty else {
                throw ApiError(.invalidRequest, "Default topic resources are not allowed.")
            }
            if let problem = TopicName.problem(name) {
                throw ApiError(.invalidTopicException, "Topic name is invalid: \(problem)")
            }
            return .topic(name)
        case .broker:
            if name == ClusterImage.allBrokers { return .broker(name) }
            guard let id = Int32(name) else {
                throw ApiError(
                    .invalidRequest, "Node id must be an integer, but it is: \(name)")
            }
            guard id == settings.nodeID else {
                throw ApiError(
                    .invalidRequest,
                    "Unexpected broker id, expected \(settings.nodeID), but received \(name)")
            }
            return .broker(String(id))
        case .group:
            guard !name.isEmpty else {
                throw ApiError(.invalidRequest, "Default group resources are not allowed.")
            }
            return .group(name)
        case .clientMetrics:
            guard !name.isEmpty else {
                throw ApiError(.invalidRequest, "Subscription name can't be empty")
            }
            return .clientMetrics(name)
        default: throw ApiError(.invalidRequest, "Unknown resource type \(type)")
        }
    }

    /// Checks that every setting is named once and has the value that it needs.
    static func changes(
        _ asked: [(name: String, operation: Int8, value: String?)]
    ) throws(ApiError) -> [ConfigAlteration.Change] {
        guard Set(asked.map(\.name)).count == asked.count else {
            throw ApiError(.invalidRequest, "Error due to duplicate config keys")
        }
        var changes: [ConfigAlteration.Change] = []
        for (name, code, value) in asked {
            guard let operation = ConfigAlteration.Operation(rawValue: code) else {
                throw ApiError(.invalidRequest, "Unknown operations type \(code)")
            }
            changes.append(.init(name: name, operation: operation, value: value))
        }
        let missing = changes.filter { $0.operation != .delete && $0.value == nil }.map(\.name)
        guard missing.isEmpty else {
            throw ApiError(
                .invalidRequest,
                "Null value not supported for : \(missing.joined(separator: ", "))")
        }
        return changes
    }

    // MARK: Topics

    /// - Parameter current: what the topic sets so far.
    /// - Returns: what it sets then.
    func topicConfigs(
        _ alteration: ConfigAlteration, current: [String: String]
    ) throws(ApiError) -> [String: String] {
        try validTopicConfigs(
            apply(
                alteration, to: current, definition: TopicSettings.definition(of:),
                refusal: ConfigRules.notAList))
    }

    func validTopicConfigs(_ configs: [String: String]) throws(ApiError) -> [String: String] {
        let valid: [String: String]
        do throws(SettingError) {
            valid = try TopicSettings.validate(configs)
        } catch .unknown(let name, let nearest) {
            let hint = nearest.map { "; did you mean \($0)?" } ?? ""
            throw ApiError(.invalidConfig, "Unknown topic config name: \(name)\(hint)")
        } catch {
            throw ApiError(.invalidConfig, "\(error)")
        }
        if let conflict = TopicSettings(overrides: valid, broker: settings).conflict {
            throw ApiError(.invalidConfig, conflict)
        }
        return valid
    }

    // MARK: Brokers

    /// - Parameter current: what was changed at run time so far.
    /// - Returns: what is changed then.
    func brokerConfigs(
        _ alteration: ConfigAlteration, current: [String: String]
    ) throws(ApiError) -> [String: String] {
        let asked = try apply(
            alteration, to: current, definition: BrokerSettings.definition(of:)
        ) { operation, name in
            "Config value \(operation) is not allowed for config key: \(name)"
        }
        var valid: [String: String] = [:]
        for (name, text) in asked.sorted(by: { $0.key < $1.key }) {
            guard let definition = BrokerSettings.dynamicDefinition(of: name) else {
                throw ApiError(.invalidRequest, "Unknown broker config name: \(name)")
            }
            do throws(SettingError) {
                valid[name] = try definition.validated(text)
            } catch {
                throw ApiError(.invalidRequest, "\(error)")
            }
        }
        let fixed = valid.keys.filter { !BrokerSettings.isDynamic($0) }.sorted()
        guard fixed.isEmpty else {
            throw ApiError(
                .invalidRequest,
                "Cannot update these configs dynamically: Set(\(fixed.joined(separator: ", ")))")
        }
        let isForAll = alteration.resource == .broker(ClusterImage.allBrokers)
        let changed = settings.changed(
            dynamic: isForAll ? settings.dynamic : valid,
            dynamicDefaults: isForAll ? valid : settings.dynamicDefaults)
        if let conflict = TopicSettings(overrides: [:], broker: changed).conflict
            ?? changed.cleaner.conflict(after: settings.cleaner)
        {
            throw ApiError(.invalidRequest, conflict)
        }
        return valid
    }

    // MARK: Groups

    /// - Parameter current: what the group sets so far.
    /// - Returns: what it sets then.
    func groupConfigs(
        _ alteration: ConfigAlteration, current: [String: String]
    ) throws(ApiError) -> [String: String] {
        let asked = try apply(
            alteration, to: current, definition: GroupConfig.definition(of:)
        ) { operation, name in
            "Config value \(operation) is not allowed for config key: \(name)"
        }
        let valid = try validated(asked, GroupConfig.definition(of:)) { name in
            ApiError(.invalidConfig, "Unknown group config name: \(name)")
        }
        if let conflict = GroupConfig(overrides: valid, broker: settings).conflict {
            throw ApiError(.invalidConfig, conflict)
        }
        return valid
    }

    // MARK: Subscriptions to clients' metrics

    /// - Parameter current: what the subscription sets so far.
    /// - Returns: what it sets then.
    func clientMetricsConfigs(
        _ alteration: ConfigAlteration, current: [String: String]
    ) throws(ApiError) -> [String: String] {
        let asked = try apply(
            alteration, to: current, definition: ClientMetricsConfig.definition(of:),
            refusal: ConfigRules.notAList)
        let valid = try validated(asked, ClientMetricsConfig.definition(of:)) { name in
            ApiError(.invalidRequest, "Unknown client metrics configuration: \(name)")
        }
        try ClientMetricsConfig(overrides: valid).check()
        return valid
    }

    // MARK: Operations

    private func validated(
        _ asked: [String: String], _ definition: (String) -> SettingDefinition?,
        unknown: (String) -> ApiError
    ) throws(ApiError) -> [String: String] {
        var valid: [String: String] = [:]
        for (name, text) in asked.sorted(by: { $0.key < $1.key }) {
            guard let definition = definition(name) else { throw unknown(name) }
            do throws(SettingError) {
                valid[name] = try definition.validated(text)
            } catch {
                throw ApiError(.invalidConfig, "\(error)")
            }
        }
        return valid
    }

    private static func notAList(
        _ operation: ConfigAlteration.Operation, _ name: String
    ) -> String {
        let text = operation == .append ? "APPEND" : "SUBTRACT"
        return "Can't \(text) to key \(name) because its type is not LIST."
    }

    private func apply(
        _ alteration: ConfigAlteration, to current: [String: String],
        definition: (String) -> SettingDefinition?,
        refusal: (ConfigAlteration.Operation, String) -> String
    ) throws(ApiError) -> [String: String] {
        var configs = alteration.keepsOthers ? current : [:]
        for change in alteration.changes {
            let value = change.value ?? ""
            switch change.operation {
            case .set: configs[change.name] = value
            case .delete: configs[change.name] = nil
            case .append, .subtract:
                guard let definition = definition(change.name), definition.type == .list else {
                    throw ApiError(.invalidConfig, refusal(change.operation, change.name))
                }
                let old = configs[change.name] ?? definition.defaultValue ?? ""
                var elements = SettingDefinition.elements(of: old)
                let others = SettingDefinition.elements(of: value)
                if change.operation == .append {
                    elements += others.filter { !elements.contains($0) }
                } else {
                    elements.removeAll { others.contains($0) }
                }
                configs[change.name] = elements.joined(separator: ",")
            }
        }
        return configs
    }
}
