extension KafkaClient {
    /// All topics of the cluster, internal ones included, by name.
    ///
    /// ```swift
    /// for topic in try await client.listTopics() where !topic.isInternal { print(topic.name) }
    /// ```
    public func listTopics() async throws(KafkaError) -> [ClusterMetadata.Topic] {
        try await metadata(topics: nil).topics
    }
}
