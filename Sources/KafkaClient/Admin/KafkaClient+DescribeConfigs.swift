internal import KafkaBase
internal import KafkaWire

/// A setting with where its value comes from.
public struct ConfigEntry: Sendable, Equatable {
    /// Kafka's `ConfigSource` numbers.
    public enum Source: Int8, Sendable {
        case unknown = 0
        case topic = 1
        case dynamicBroker = 2
        case dynamicDefaultBroker = 3
        case staticBroker = 4
        case `default` = 5
        case dynamicBrokerLogger = 6
        case clientMetrics = 7
        case group = 8
    }

    /// What a value is made of, by Kafka's `ConfigType` numbers.
    public enum ValueType: Int8, Sendable {
        case unknown = 0
        case boolean = 1
        case string = 2
        case int = 3
        case short = 4
        case long = 5
        case double = 6
        case list = 7
        case `class` = 8
        case password = 9
    }

    /// A value that would be in force if those before it were not.
    public struct Synonym: Sendable, Equatable {
        public var name: String
        /// Nil for a sensitive value, or none.
        public var value: String?
        public var source: Source
    }

    public var name: String
    /// Nil for a sensitive value, or none.
    public var value: String?
    public var source: Source
    public var isReadOnly: Bool
    public var isSensitive: Bool
    /// Where the broker tells (DescribeConfigs from version 3, KIP-569).
    public var type = ValueType.unknown
    /// Where it was asked for; the value in force first.
    public var synonyms: [Synonym] = []
    /// Where it was asked for and the broker tells.
    public var documentation: String?

    public var isDefault: Bool { source == .default }

    /// Whether it was set while the cluster runs, rather than in a file or by nobody.
    public var isDynamic: Bool {
        switch source {
        case .topic, .dynamicBroker, .dynamicDefaultBroker, .dynamicBrokerLogger, .clientMetrics,
            .group:
            true
        case .unknown, .staticBroker, .default: false
        }
    }
}

/// What DescribeConfigs tells beside names and values.
public struct ConfigDetails: OptionSet, Sendable {
    public var rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    public static let synonyms = ConfigDetails(rawValue: 1)
    /// From version 3 (KIP-569).
    public static let documentation = ConfigDetails(rawValue: 2)
}

extension KafkaClient {
    /// The settings of topics, brokers, groups and subscriptions, each with its value in force.
    ///
    /// ```swift
    /// let configs = try await client.describeConfigs([.topic("orders"), .broker(0)])
    /// ```
    ///
    /// - Returns: for each resource its settings by name, or why not.
    public func describeConfigs(
        _ resources: [ConfigResource], details: ConfigDetails = []
    ) async throws(KafkaError) -> [ConfigResource: Result<[ConfigEntry], KafkaError>] {
        var results: [ConfigResource: Result<[ConfigEntry], KafkaError>] = [:]
        // A broker's settings are known to itself alone; topics' to any.
        var groups: [RequestTarget: [ConfigResource]] = [:]
        for resource in Set(resources) {
            groups[resource.broker.map { .broker($0) } ?? .any, default: []].append(resource)
        }
        for (target, group) in groups {
            var request = DescribeConfigsRequest()
            request.includeSynonyms = details.contains(.synonyms)
            request.resources = group.map {
                var entry = DescribeConfigsRequest.DescribeConfigsResource()
                entry.resourceType = $0.type
                entry.resourceName = $0.name
                entry.configurationKeys = nil
                return entry
            }
            let response: DescribeConfigsResponse
            do throws(KafkaError) {
                response = try await send(to: target) { version throws(KafkaError) in
                    request.includeDocumentation = details.contains(.documentation) && version >= 3
                    return request
                }
            } catch {
                // One broker that does not answer leaves the others' settings alone.
                if groups.count == 1 { throw error }
                for resource in group { results[resource] = .failure(error) }
                continue
            }
            for result in response.results {
                guard
                    let resource = group.first(where: {
                        $0.type == result.resourceType && $0.name == result.resourceName
                    })
                else { continue }
                results[resource] = ConfigEntry.entries(result, of: resource)
            }
            for resource in group where results[resource] == nil {
                results[resource] = .failure(.noAnswer("describe configs of \(resource)"))
            }
        }
        return results
    }
}

extension ConfigEntry {
    static func entries(
        _ result: DescribeConfigsResponse.DescribeConfigsResult, of resource: ConfigResource
    ) -> Result<[ConfigEntry], KafkaError> {
        guard result.errorCode == .none else {
            if case .topic(let name) = resource, result.errorCode == .unknownTopicOrPartition {
                return .failure(.unknownTopic(name))
            }
            return .failure(
                KafkaError(
                    result.errorCode, "describe configs of \(resource)",
                    detail: result.errorMessage))
        }
        return .success(
            result.configs.map { config in
                let source =
                    config.configSource < 0 && config.isDefault
                    ? Source.default : Source(rawValue: config.configSource) ?? .unknown
                return ConfigEntry(
                    name: config.name, value: config.value, source: source,
                    isReadOnly: config.readOnly, isSensitive: config.isSensitive,
                    type: ValueType(rawValue: config.configType) ?? .unknown,
                    synonyms: config.synonyms.map {
                        Synonym(
                            name: $0.name, value: $0.value,
                            source: Source(rawValue: $0.source) ?? .unknown)
                    },
                    documentation: config.documentation)
            }.sorted { $0.name < $1.name })
    }
}
