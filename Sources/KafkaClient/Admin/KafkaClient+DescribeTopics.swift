internal import KafkaBase

extension KafkaClient {
    /// Partitions, leaders and replicas of topics, in the order of `names`.
    ///
    /// ```swift
    /// for case .success(let topic) in try await client.describeTopics(["orders"]) {
    ///     print(topic.partitions.map(\.leader))
    /// }
    /// ```
    ///
    /// - Returns: for each name the topic, or why not (`unknownTopic`, a broker's error).
    public func describeTopics(
        _ names: [String]
    ) async throws(KafkaError) -> [Result<ClusterMetadata.Topic, KafkaError>] {
        guard !names.isEmpty else { return [] }
        let metadata = try await metadata(topics: names)
        return names.map { name in
            guard let topic = metadata.topic(name) else { return .failure(.unknownTopic(name)) }
            return switch topic.error {
            case nil, .leaderNotAvailable?: .success(topic)
            case .unknownTopicOrPartition?: .failure(.unknownTopic(name))
            case let code?: .failure(KafkaError(code, "topic \(name)"))
            }
        }
    }
}
