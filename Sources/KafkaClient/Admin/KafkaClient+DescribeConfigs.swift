internal import KafkaBase
internal import KafkaWire

/// What has settings of its own.
public enum ConfigResource: Hashable, Sendable {
    case topic(String)
    case broker(Int32)

    var type: Int8 {
        switch self {
        case .topic: 2
        case .broker: 4
        }
    }

    var name: String {
        switch self {
        case .topic(let name): name
        case .broker(let id): "\(id)"
        }
    }
}

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

    public var name: String
    /// Nil for a sensitive value, or none.
    public var value: String?
    public var source: Source
    public var isReadOnly: Bool
    public var isSensitive: Bool

    public var isDefault: Bool { source == .default }
}

extension KafkaClient {
    /// The settings of topics and brokers, each with its value in force.
    ///
    /// - Returns: for each resource its settings by name, or why not.
    public func describeConfigs(
        _ resources: [ConfigResource]
    ) async throws(KafkaError) -> [ConfigResource: Result<[ConfigEntry], KafkaError>] {
        var results: [ConfigResource: Result<[ConfigEntry], KafkaError>] = [:]
        // A broker's settings are known to itself alone; topics' to any.
        var groups: [RequestTarget: [ConfigResource]] = [:]
        for resource in Set(resources) {
            if case .broker(let id) = resource {
                groups[.broker(id), default: []].append(resource)
            } else {
                groups[.any, default: []].append(resource)
            }
        }
        for (target, group) in groups {
            var request = DescribeConfigsRequest()
            request.resources = group.map {
                var entry = DescribeConfigsRequest.DescribeConfigsResource()
                entry.resourceType = $0.type
                entry.resourceName = $0.name
                entry.configurationKeys = nil
                return entry
            }
            let response = try await send(request, to: target)
            for result in response.results {
                guard
                    let resource = group.first(where: {
                        $0.type == result.resourceType && $0.name == result.resourceName
                    })
                else { continue }
                results[resource] = ConfigEntry.entries(result, of: resource)
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
                    result.errorCode, "describe configs of \(resource.name)",
                    detail: result.errorMessage))
        }
        return .success(
            result.configs.map { config in
                let source =
                    config.configSource < 0 && config.isDefault
                    ? Source.default : Source(rawValue: config.configSource) ?? .unknown
                return ConfigEntry(
                    name: config.name, value: config.value, source: source,
                    isReadOnly: config.readOnly, isSensitive: config.isSensitive)
            }.sorted { $0.name < $1.name })
    }
}
