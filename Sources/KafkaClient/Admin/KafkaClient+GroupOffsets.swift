public import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// Offsets of one partition and why there are none, by partition.
    public typealias GroupOffsets = [TopicPartition: Result<OffsetAndMetadata, KafkaError>]

    /// The offsets that groups have committed, those of a coordinator with one request where the
    /// broker is new enough (KIP-709).
    ///
    /// ```swift
    /// let offsets = try await client.groupOffsets(["billing"])
    /// ```
    ///
    /// - Parameters:
    ///   - partitions: which; nil for all that there are.
    ///   - requireStable: waits for transactions that are about to commit offsets (KIP-447).
    /// - Returns: for each group its offsets, or why not. Partitions without an offset are left
    ///   out; a group that nobody knows has none.
    public func groupOffsets(
        _ ids: [String], of partitions: [TopicPartition]? = nil, requireStable: Bool = false
    ) async throws(KafkaError) -> [String: Result<GroupOffsets, KafkaError>] {
        try await askCoordinators(of: ids.map { .group($0) }) {
            broker, keys throws(KafkaError) in
            var results: [CoordinatorKey: Result<GroupOffsets, KafkaError>] = [:]
            var open = keys
            while let key = open.first {
                var asked: [CoordinatorKey] = []
                // Version 10 has topics by id, which deleted topics no longer have.
                let response = try await send(to: .broker(broker), maxVersion: 9) {
                    version throws(KafkaError) in
                    asked = version >= 8 ? open : [key]
                    return OffsetFetchRequest(
                        asked.map(\.id), partitions, requireStable: requireStable, version)
                }
                results.merge(response.results(asked.map(\.id)).byKey) { _, new in new }
                open.removeAll { asked.contains($0) }
            }
            return results
        }.byGroup
    }

    /// Sets a group's offsets from outside. The group may not have members; one that there is not
    /// comes to be by it.
    ///
    /// ```swift
    /// let partition = TopicPartition(topic: "orders", partition: 0)
    /// let failures = try await client.alterGroupOffsets(
    ///     "billing", [partition: OffsetAndMetadata(offset: 1000)])
    /// ```
    ///
    /// - Returns: for each partition why its offset was not set, nil where it was;
    ///   UNKNOWN_MEMBER_ID where the group has members.
    public func alterGroupOffsets(
        _ id: String, _ offsets: [TopicPartition: OffsetAndMetadata]
    ) async throws(KafkaError) -> [TopicPartition: KafkaError?] {
        let response = try await sendToCoordinator(of: .group(id), maxVersion: 9) {
            version throws(KafkaError) in
            OffsetCommitRequest(ConsumerGroupMetadata(groupID: id), offsets, version)
        } errorCode: { response in
            response.topics.lazy.flatMap(\.partitions).map(\.errorCode)
                .first(where: \.concernsCoordinator) ?? .none
        }
        var results: [TopicPartition: KafkaError?] = [:]
        for topic in response.topics {
            for entry in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: entry.partitionIndex)
                results[partition] = .some(
                    .ofOffset(partition, id, entry.errorCode, "set offset"))
            }
        }
        return results.completed(offsets.keys)
    }

    /// Deletes offsets of a group (KIP-496); topics that members are subscribed to keep theirs.
    ///
    /// - Returns: for each partition why its offset was not deleted, nil where it was.
    /// - Throws: `unknownGroup`, or why the whole was refused.
    public func deleteGroupOffsets(
        _ id: String, _ partitions: [TopicPartition]
    ) async throws(KafkaError) -> [TopicPartition: KafkaError?] {
        var request = OffsetDeleteRequest()
        request.groupId = id
        request.topics = partitions.byTopic.map { name, numbers in
            var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
            topic.name = name
            topic.partitions = numbers.map { number in
                var entry = OffsetDeleteRequest.OffsetDeleteRequestPartition()
                entry.partitionIndex = number
                return entry
            }
            return topic
        }
        let response = try await sendToCoordinator(of: .group(id)) {
            _ throws(KafkaError) in
            request
        } errorCode: {
            $0.errorCode
        }
        if response.errorCode != .none {
            throw .ofGroup(id, response.errorCode, "delete offsets of")
        }
        var results: [TopicPartition: KafkaError?] = [:]
        for topic in response.topics {
            for entry in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: entry.partitionIndex)
                results[partition] = .some(
                    .ofOffset(partition, id, entry.errorCode, "delete offset"))
            }
        }
        return results.completed(partitions)
    }
}

extension KafkaError {
    fileprivate static func ofOffset(
        _ partition: TopicPartition, _ group: String, _ code: ErrorCode, _ what: String
    ) -> KafkaError? {
        code == .none ? nil : KafkaError(code, "\(what) of \(partition) in group \(group)")
    }
}

extension Dictionary where Key == TopicPartition, Value == KafkaError? {
    /// Brokers may leave out what they were asked for; that is no success.
    fileprivate func completed(_ asked: some Sequence<TopicPartition>) -> Self {
        var result = self
        for partition in asked where result[partition] == nil {
            result[partition] = .some(.noAnswer("offset of \(partition)"))
        }
        return result
    }
}
