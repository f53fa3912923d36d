import KafkaBase
import KafkaSecurity
import KafkaWire
import NIOCore

/// CreateTopics: makes topics, each by itself; `TopicRules` says what is refused.
///
/// - Version 4 and above take -1 for the broker's default of partitions and replicas (KIP-464); it
///   is taken in all versions.
/// - Version 5 and above tell what was made, with the settings in force (KIP-525), 7 the topic id.
/// - A topic that is named twice is refused both times.
/// - Who may not see the settings of a topic that was made is told nothing but its id.
struct CreateTopicsHandler: ApiHandler {
    typealias Request = CreateTopicsRequest
    typealias TopicAnswer = CreateTopicsResponse.CreatableTopicResult
    static let servedVersions: ClosedRange<Int16> = 2...7
    /// Which knows the error of a quota.
    private static let firstStrictVersion: Int16 = 6

    let node: BrokerNode

    func handle(
        _ request: CreateTopicsRequest, _ context: RequestContext,
        _ reply: Reply<CreateTopicsResponse>
    ) {
        var counts: [String: Int] = [:]
        for topic in request.topics { counts[topic.name, default: 0] += 1 }
        var refused: [TopicAnswer] = []
        var topics: [NewTopic] = []
        for (name, count) in counts where count > 1 {
            refused.append(
                refusal(name, ApiError(.invalidRequest, "Duplicate topic name.")))
        }
        for topic in request.topics where counts[topic.name] == 1 {
            do throws(ApiError) {
                guard context.allowsCreation(of: topic.name) else {
                    throw ApiError(.topicAuthorizationFailed, "Authorization failed.")
                }
                topics.append(try newTopic(topic))
            } catch {
                refused.append(refusal(topic.name, error))
            }
        }
        let quota = node.mutationQuota(
            of: context, strictFrom: CreateTopicsHandler.firstStrictVersion)
        node.controller.create(
            topics, validateOnly: request.validateOnly, quota: quota, on: context.eventLoop
        ).whenComplete { [topics, refused] result in
            var response = CreateTopicsResponse()
            response.topics = refused
            for (index, topic) in topics.enumerated() {
                switch (try? result.get())?[index] {
                case .success(let image):
                    response.topics.append(
                        answer(image, context, validateOnly: request.validateOnly))
                case .failure(let error): response.topics.append(refusal(topic.name, error))
                case nil:
                    let error = ApiError(.brokerNotAvailable, "The broker is shutting down.")
                    response.topics.append(refusal(topic.name, error))
                }
            }
            reply.send(response, throttledMs: quota?.throttleMs ?? 0)
        }
    }

    private func newTopic(
        _ asked: CreateTopicsRequest.CreatableTopic
    ) throws(ApiError) -> NewTopic {
        var topic = NewTopic(
            name: asked.name, partitionCount: asked.numPartitions,
            replicationFactor: asked.replicationFactor)
        for assignment in asked.assignments {
            let old = topic.assignments.updateValue(
                assignment.brokerIds, forKey: assignment.partitionIndex)
            if old != nil {
                throw ApiError(
                    .invalidReplicaAssignment,
                    "Partition \(assignment.partitionIndex) is assigned twice.")
            }
        }
        for config in asked.configs { topic.configs[config.name] = .some(config.value) }
        return topic
    }

    private func refusal(_ name: String, _ error: ApiError) -> TopicAnswer {
        var answer = TopicAnswer()
        answer.name = name
        answer.errorCode = error.code
        answer.errorMessage = error.message
        return answer
    }

    private func answer(
        _ image: TopicImage, _ context: RequestContext, validateOnly: Bool
    ) -> TopicAnswer {
        var answer = TopicAnswer()
        answer.name = image.name
        answer.errorMessage = nil
        answer.topicId = validateOnly ? .zero : image.id
        guard context.shows(.describeConfigs, .topic(image.name)) else {
            answer.topicConfigErrorCode = .topicAuthorizationFailed
            return answer
        }
        answer.numPartitions = Int32(image.partitions.count)
        answer.replicationFactor = Int16(image.partitions.first?.replicas.count ?? 0)
        let settings = TopicSettings(overrides: image.configs, broker: node.settings)
        answer.configs = TopicSettings.definitions.map { definition in
            var config = CreateTopicsResponse.CreatableTopicConfigs()
            let origin = settings.origins(of: definition).first
            config.name = definition.name
            config.value = definition.isSensitive ? nil : origin?.value
            config.configSource = (origin?.source ?? .defaultValue).rawValue
            config.isSensitive = definition.isSensitive
            return config
        }
        return answer
    }
}
