internal import KafkaBase
internal import KafkaWire

/// A partition with the replicas that may lead it though they are not in sync (KIP-966).
public struct PartitionEligibility: Sendable, Equatable {
    public var partition: Int32
    /// Nil while there is none.
    public var leader: Int32?
    public var leaderEpoch: Int32
    public var replicas: [Int32]
    public var inSyncReplicas: [Int32]
    public var eligibleLeaderReplicas: [Int32]
    public var lastKnownEligibleReplicas: [Int32]
    public var offlineReplicas: [Int32]
}

extension KafkaClient {
    /// The partitions of topics, page by page (DescribeTopicPartitions).
    ///
    /// ```swift
    /// for (name, partitions) in try await client.describeTopicPartitions(["orders"]) {
    ///     print(name, try partitions.get().filter { $0.leader == nil }.count, "without a leader")
    /// }
    /// ```
    ///
    /// - Parameter pageSize: partitions in one answer at most.
    /// - Returns: for each topic its partitions by number, or why not.
    public func describeTopicPartitions(
        _ names: [String], pageSize: Int32 = 2000
    ) async throws(KafkaError) -> [String: Result<[PartitionEligibility], KafkaError>] {
        var results: [String: Result<[PartitionEligibility], KafkaError>] = [:]
        guard !names.isEmpty else { return results }
        var request = DescribeTopicPartitionsRequest()
        request.responsePartitionLimit = pageSize
        request.topics = Set(names).sorted().map { name in
            var topic = DescribeTopicPartitionsRequest.TopicRequest()
            topic.name = name
            return topic
        }
        while true {
            let response = try await send(request, to: .any)
            for topic in response.topics {
                guard let name = topic.name else { continue }
                guard topic.errorCode == .none else {
                    results[name] = .failure(
                        topic.errorCode == .unknownTopicOrPartition
                            ? .unknownTopic(name)
                            : KafkaError(topic.errorCode, "describe topic \(name)"))
                    continue
                }
                // A topic may go on from the page before.
                let known = (try? results[name]?.get()) ?? []
                results[name] = .success(known + topic.partitions.map(PartitionEligibility.init))
            }
            guard let next = response.nextCursor else { break }
            // A cursor that does not move would go round for ever.
            if let last = request.cursor,
                (next.topicName, next.partitionIndex) <= (last.topicName, last.partitionIndex)
            {
                throw KafkaError(.corrupt, "describe topics: the broker's cursor does not move on")
            }
            var cursor = DescribeTopicPartitionsRequest.Cursor()
            cursor.topicName = next.topicName
            cursor.partitionIndex = next.partitionIndex
            request.cursor = cursor
        }
        for name in names where results[name] == nil {
            results[name] = .failure(.noAnswer("describe topic \(name)"))
        }
        return results
    }
}

extension PartitionEligibility {
    fileprivate init(
        _ entry: DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition
    ) {
        partition = entry.partitionIndex
        leader = entry.leaderId >= 0 ? entry.leaderId : nil
        leaderEpoch = entry.leaderEpoch
        replicas = entry.replicaNodes
        inSyncReplicas = entry.isrNodes
        eligibleLeaderReplicas = entry.eligibleLeaderReplicas ?? []
        lastKnownEligibleReplicas = entry.lastKnownElr ?? []
        offlineReplicas = entry.offlineReplicas
    }
}
