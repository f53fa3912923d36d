internal import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// Raises topics' numbers of partitions.
    ///
    /// ```swift
    /// let results = try await client.createPartitions(["orders": 12])
    /// ```
    ///
    /// - Parameters:
    ///   - counts: by topic, with the partitions that there are.
    ///   - validateOnly: only checks whether it could be done.
    /// - Returns: one result for each topic, by name.
    public func createPartitions(
        _ counts: [String: Int32], validateOnly: Bool = false
    ) async throws(KafkaError) -> [TopicResult] {
        let names = counts.keys.sorted()
        var request = CreatePartitionsRequest()
        request.timeoutMs = Int32(clamping: configuration.requestTimeoutMs)
        request.validateOnly = validateOnly
        request.topics = names.map { name in
            var topic = CreatePartitionsRequest.CreatePartitionsTopic()
            topic.name = name
            topic.count = counts[name] ?? 0
            topic.assignments = nil
            return topic
        }
        let response = try await sendToController(request) { response in
            response.results.contains { $0.errorCode == .notController }
        }
        forgetTopics(names)
        let results = response.results.map { result in
            var outcome = TopicResult(
                name: result.name, code: result.errorCode, what: "add partitions to topic",
                detail: result.errorMessage, topicID: .zero)
            outcome.partitionCount = counts[result.name] ?? -1
            return outcome
        }
        return TopicResult.inOrder(names, results)
    }
}
