extension KafkaClient {
    /// All topics of the cluster, internal ones included, by name.
    public func listTopics() async throws(KafkaError) -> [ClusterMetadata.Topic] {
        try await metadata(topics: nil).topics
    }
}
