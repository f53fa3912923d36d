internal import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// Deletes topics with all their records.
    ///
    /// ```swift
    /// for result in try await client.deleteTopics(["orders"]) {
    ///     if let error = result.error { print(error) }
    /// }
    /// ```
    ///
    /// - Returns: one result for each name, in their order.
    public func deleteTopics(_ names: [String]) async throws(KafkaError) -> [TopicResult] {
        let requestTimeoutMs = Int32(clamping: configuration.requestTimeoutMs)
        let response = try await sendToController { version in
            var request = DeleteTopicsRequest()
            request.timeoutMs = requestTimeoutMs
            if version >= 6 {
                request.topics = names.map {
                    var topic = DeleteTopicsRequest.DeleteTopicState()
                    topic.name = $0
                    return topic
                }
            } else {
                request.topicNames = names
            }
            return request
        } isElsewhere: { (response: DeleteTopicsResponse) in
            response.responses.contains { $0.errorCode == .notController }
        }
        let results = response.responses.map {
            TopicResult(
                name: $0.name ?? "", code: $0.errorCode, what: "delete topic",
                detail: $0.errorMessage, topicID: $0.topicId)
        }
        forgetTopics(names)
        return TopicResult.inOrder(names, results)
    }
}
