import KafkaBase
import KafkaSecurity
import KafkaWire

/// DescribeConfigs: the settings in force of topics, of this broker and its loggers, of consumer
/// groups and of subscriptions to clients' metrics, with where they come from.
///
/// - Every place that sets a value (synonyms) is told when asked; version 3 and above have types
///   and, when asked, documentation.
/// - A null list of names asks for all; an empty one too, as in Kafka.
struct DescribeConfigsHandler: ApiHandler {
    typealias Request = DescribeConfigsRequest
    typealias Resource = DescribeConfigsRequest.DescribeConfigsResource
    typealias ResourceAnswer = DescribeConfigsResponse.DescribeConfigsResult
    typealias ConfigAnswer = DescribeConfigsResponse.DescribeConfigsResourceResult
    static let servedVersions: ClosedRange<Int16> = 1...4

    let node: BrokerNode

    func handle(
        _ request: DescribeConfigsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeConfigsResponse>
    ) {
        var response = DescribeConfigsResponse()
        struct Key: Hashable {
            var type: Int8
            var name: String
        }
        let resources = request.resources.once {
            Key(type: $0.resourceType, name: $0.resourceName)
        }
        response.results = resources.map { resource in
            var answer = ResourceAnswer()
            answer.resourceType = resource.resourceType
            answer.resourceName = resource.resourceName
            do throws(ApiError) {
                try context.checkConfigs(
                    .describeConfigs, type: resource.resourceType, name: resource.resourceName)
                answer.configs = try configs(of: resource).filter { config in
                    resource.configurationKeys.map { $0.isEmpty || $0.contains(config.name) }
                        ?? true
                }.map { shown($0, for: request) }
            } catch {
                answer.errorCode = error.code
                answer.errorMessage = error.message
            }
            return answer
        }
        reply.send(response)
    }

    /// Leaves out what was not asked for.
    private func shown(_ config: ConfigAnswer, for request: DescribeConfigsRequest) -> ConfigAnswer
    {
        var config = config
        if !request.includeSynonyms { config.synonyms = [] }
        if !request.includeDocumentation { config.documentation = nil }
        return config
    }

    private func configs(of resource: Resource) throws(ApiError) -> [ConfigAnswer] {
        switch ConfigResourceType(rawValue: resource.resourceType) {
        case .topic: return try topicConfigs(resource.resourceName)
        case .broker: return try brokerConfigs(resource.resourceName)
        case .group: return try groupConfigs(resource.resourceName)
        case .brokerLogger: return try loggerConfigs(resource.resourceName)
        case .clientMetrics: return try clientMetricsConfigs(resource.resourceName)
        default:
            throw ApiError(
                .invalidRequest, "Resources of type \(resource.resourceType) are not served.")
        }
    }

    private func topicConfigs(_ name: String) throws(ApiError) -> [ConfigAnswer] {
        if let problem = TopicName.problem(name) {
            throw ApiError(.invalidTopicException, "Topic name is invalid: \(problem)")
        }
        guard let topic = node.table.snapshot.topic(name) else {
            throw ApiError(
                .unknownTopicOrPartition, "This server does not host this topic-partition.")
        }
        return TopicSettings.definitions.map { definition in
            answer(definition, topic.settings.origins(of: definition), readOnly: false)
        }
    }

    private func brokerConfigs(_ name: String) throws(ApiError) -> [ConfigAnswer] {
        let settings = node.settings
        // What was changed for all brokers at run time, and no more.
        if name == ClusterImage.allBrokers {
            return settings.dynamicDefaults.sorted { $0.key < $1.key }.compactMap { name, value in
                BrokerSettings.dynamicDefinition(of: name).map { definition in
                    answer(
                        definition,
                        [.init(name: name, value: value, source: .dynamicDefaultBroker)],
                        readOnly: false)
                }
            }
        }
        guard name == String(node.nodeID) else {
            throw ApiError(
                .invalidRequest,
                "Unexpected broker id, expected \(node.nodeID) or empty string, but received "
                    + "\(name)")
        }
        return settings.shownDefinitions.map { definition in
            answer(
                definition, settings.origins(of: definition),
                readOnly: !BrokerSettings.isDynamic(definition.name))
        }
    }

    /// A group need not exist to have settings.
    private func groupConfigs(_ name: String) throws(ApiError) -> [ConfigAnswer] {
        guard !name.isEmpty else {
            throw ApiError(.invalidRequest, "Group name must not be empty")
        }
        let settings = GroupConfig(
            overrides: node.controller.store.image.groupConfigs[name] ?? [:],
            broker: node.settings)
        return GroupConfig.definitions.map { definition in
            answer(definition, settings.origins(of: definition), readOnly: false)
        }
    }

    private func loggerConfigs(_ name: String) throws(ApiError) -> [ConfigAnswer] {
        guard !name.isEmpty else {
            throw ApiError(.invalidRequest, "Broker id must not be empty")
        }
        guard name == String(node.nodeID) else {
            throw ApiError(
                .invalidRequest,
                "Unexpected broker id, expected \(node.nodeID) but received \(name)")
        }
        var answer = ConfigAnswer()
        answer.name = BrokerLoggers.root
        answer.value = node.loggers.level
        answer.configSource = TopicSettings.Source.brokerLogger.rawValue
        return [answer]
    }

    /// A subscription need not exist.
    private func clientMetricsConfigs(_ name: String) throws(ApiError) -> [ConfigAnswer] {
        guard !name.isEmpty else {
            throw ApiError(
                .invalidRequest, "Client metrics subscription name must not be empty")
        }
        let settings = ClientMetricsConfig(
            overrides: node.controller.store.image.clientMetricsConfigs[name] ?? [:])
        return ClientMetricsConfig.definitions.map { definition in
            answer(definition, settings.origins(of: definition, node.settings), readOnly: false)
        }
    }

    private func answer(
        _ definition: SettingDefinition, _ origins: [TopicSettings.Origin], readOnly: Bool
    ) -> ConfigAnswer {
        var answer = ConfigAnswer()
        let source = origins.first?.source ?? .defaultValue
        answer.name = definition.name
        answer.value = definition.isSensitive ? nil : origins.first?.value
        answer.readOnly = readOnly
        answer.configSource = source.rawValue
        answer.isSensitive = definition.isSensitive
        answer.configType = definition.type.rawValue
        answer.documentation = definition.documentation
        answer.synonyms = origins.map { origin in
            var synonym = DescribeConfigsResponse.DescribeConfigsSynonym()
            synonym.name = origin.name
            synonym.value = definition.isSensitive ? nil : origin.given
            synonym.source = origin.source.rawValue
            return synonym
        }
        return answer
    }
}
