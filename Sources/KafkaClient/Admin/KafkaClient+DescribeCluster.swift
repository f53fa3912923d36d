extension KafkaClient {
    /// Brokers, controller and id of the cluster, without topics.
    public func describeCluster() async throws(KafkaError) -> ClusterMetadata {
        // Metadata serves every broker; DescribeCluster (KIP-700) only newer ones.
        try await metadata(topics: [])
    }
}
