public import KafkaBase
internal import KafkaWire

/// A partition on its way to other brokers.
public struct PartitionReassignment: Sendable, Equatable {
    public var replicas: [Int32]
    public var addingReplicas: [Int32]
    public var removingReplicas: [Int32]
}

extension KafkaClient {
    /// Moves partitions to other brokers (KIP-455); it goes on after this returns.
    ///
    /// - Parameter replicas: the brokers that hold each partition then, the preferred leader first;
    ///   nil stops what is under way.
    /// - Returns: for each partition why not, nil where it is under way.
    public func alterReassignments(
        _ replicas: [TopicPartition: [Int32]?]
    ) async throws(KafkaError) -> [TopicPartition: KafkaError?] {
        var request = AlterPartitionReassignmentsRequest()
        request.timeoutMs = Int32(clamping: configuration.requestTimeoutMs)
        request.topics = replicas.byTopic.map { name, entries in
            var topic = AlterPartitionReassignmentsRequest.ReassignableTopic()
            topic.name = name
            topic.partitions = entries.map { number, replicas in
                var entry = AlterPartitionReassignmentsRequest.ReassignablePartition()
                entry.partitionIndex = number
                entry.replicas = replicas
                return entry
            }
            return topic
        }
        let response = try await sendToController(request) { response in
            response.errorCode == .notController
        }
        if response.errorCode != .none {
            throw KafkaError(
                response.errorCode, "reassign partitions", detail: response.errorMessage)
        }
        var results: [TopicPartition: KafkaError?] = [:]
        for topic in response.responses {
            for entry in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: entry.partitionIndex)
                results[partition] = .some(
                    entry.errorCode == .none
                        ? nil
                        : KafkaError(
                            entry.errorCode, "reassign \(partition)", detail: entry.errorMessage))
            }
        }
        for partition in replicas.keys where results[partition] == nil {
            results[partition] = .some(.noAnswer("reassign \(partition)"))
        }
        forgetTopics(Set(replicas.keys.map(\.topic)))
        return results
    }

    /// The partitions that are on their way to other brokers.
    ///
    /// ```swift
    /// for (partition, moves) in try await client.listReassignments() { print(partition, moves) }
    /// ```
    ///
    /// - Parameter partitions: nil for all.
    public func listReassignments(
        of partitions: [TopicPartition]? = nil
    ) async throws(KafkaError) -> [TopicPartition: PartitionReassignment] {
        var request = ListPartitionReassignmentsRequest()
        request.timeoutMs = Int32(clamping: configuration.requestTimeoutMs)
        request.topics = partitions?.byTopic.map { name, numbers in
            var topic = ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics()
            topic.name = name
            topic.partitionIndexes = numbers
            return topic
        }
        let response = try await sendToController(request) { response in
            response.errorCode == .notController
        }
        if response.errorCode != .none {
            throw KafkaError(
                response.errorCode, "list reassignments", detail: response.errorMessage)
        }
        var results: [TopicPartition: PartitionReassignment] = [:]
        for topic in response.topics {
            for entry in topic.partitions {
                results[TopicPartition(topic: topic.name, partition: entry.partitionIndex)] =
                    PartitionReassignment(
                        replicas: entry.replicas, addingReplicas: entry.addingReplicas,
                        removingReplicas: entry.removingReplicas)
            }
        }
        return results
    }
}
