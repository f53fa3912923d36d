internal import KafkaBase
internal import KafkaWire

/// A topic to be made.
public struct NewTopic: Sendable {
    public var name: String
    /// -1 is the broker's default (KIP-464; CreateTopics from version 4).
    public var partitionCount: Int32
    /// -1 is the broker's default.
    public var replicationFactor: Int16
    public var configs: [(name: String, value: String?)]

    public init(
        name: String, partitionCount: Int32 = -1, replicationFactor: Int16 = -1,
        configs: [(name: String, value: String?)] = []
    ) {
        self.name = name
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.configs = configs
    }
}

extension KafkaClient {
    /// Makes topics, and waits until the controller has made them.
    ///
    /// ```swift
    /// let orders = NewTopic(name: "orders", partitionCount: 6, replicationFactor: 3)
    /// for result in try await client.createTopics([orders]) {
    ///     if let error = result.error { print(error) }
    /// }
    /// ```
    ///
    /// - Parameter validateOnly: only checks whether they could be made.
    /// - Returns: one result for each topic, in their order.
    public func createTopics(
        _ topics: [NewTopic], validateOnly: Bool = false
    ) async throws(KafkaError) -> [TopicResult] {
        var request = CreateTopicsRequest()
        request.timeoutMs = Int32(clamping: configuration.requestTimeoutMs)
        request.validateOnly = validateOnly
        request.topics = topics.map { topic in
            var entry = CreateTopicsRequest.CreatableTopic()
            entry.name = topic.name
            entry.numPartitions = topic.partitionCount
            entry.replicationFactor = topic.replicationFactor
            entry.configs = topic.configs.map {
                var config = CreateTopicsRequest.CreatableTopicConfig()
                config.name = $0.name
                config.value = $0.value
                return config
            }
            return entry
        }
        let response = try await sendToController(request) { response in
            response.topics.contains { $0.errorCode == .notController }
        }
        let results = response.topics.map { topic in
            var result = TopicResult(
                name: topic.name, code: topic.errorCode, what: "create topic",
                detail: topic.errorMessage, topicID: topic.topicId)
            result.partitionCount = topic.numPartitions
            result.replicationFactor = topic.replicationFactor
            return result
        }
        forgetTopics(topics.map(\.name))
        return TopicResult.inOrder(topics.map(\.name), results)
    }
}
