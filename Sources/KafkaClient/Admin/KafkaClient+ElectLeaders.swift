public import KafkaBase
internal import KafkaWire

/// How a leader is elected (KIP-460).
public enum ElectionType: Int8, Sendable {
    /// The first of the replicas, when it is in sync.
    case preferred = 0
    /// Any that lives, in sync or not: records may be lost.
    case unclean = 1
}

extension KafkaClient {
    /// Elects leaders of partitions.
    ///
    /// ```swift
    /// let failures = try await client.electLeaders(.preferred, nil)
    /// ```
    ///
    /// - Parameter partitions: nil for all of the cluster; then those that need no election are
    ///   left out of the results.
    /// - Returns: for each partition why not, nil where it was done; ELECTION_NOT_NEEDED where the
    ///   leader is the one already.
    public func electLeaders(
        _ type: ElectionType, _ partitions: [TopicPartition]?
    ) async throws(KafkaError) -> [TopicPartition: KafkaError?] {
        var request = ElectLeadersRequest()
        request.electionType = type.rawValue
        request.timeoutMs = Int32(clamping: configuration.requestTimeoutMs)
        request.topicPartitions = partitions?.byTopic.map { name, numbers in
            var topic = ElectLeadersRequest.TopicPartitions()
            topic.topic = name
            topic.partitions = numbers
            return topic
        }
        let response = try await sendToController(request) { response in
            response.errorCode == .notController
        }
        if response.errorCode != .none { throw KafkaError(response.errorCode, "elect leaders") }
        var results: [TopicPartition: KafkaError?] = [:]
        for topic in response.replicaElectionResults {
            for entry in topic.partitionResult {
                let partition = TopicPartition(topic: topic.topic, partition: entry.partitionId)
                results[partition] = .some(
                    entry.errorCode == .none
                        ? nil
                        : KafkaError(
                            entry.errorCode, "elect leader of \(partition)",
                            detail: entry.errorMessage))
            }
        }
        for partition in partitions ?? [] where results[partition] == nil {
            results[partition] = .some(.noAnswer("leader of \(partition)"))
        }
        forgetTopics(Set(results.keys.map(\.topic)))
        return results
    }
}
