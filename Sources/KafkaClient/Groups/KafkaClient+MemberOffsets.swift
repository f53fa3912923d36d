public import KafkaBase
internal import KafkaWire
internal import NIOCore

extension KafkaClient {
    /// Commits offsets in the name of a member, or of nobody where the group has no members.
    ///
    /// - Parameter member: asked before each attempt, since a heartbeat may bring another epoch;
    ///   throws where it is none any more.
    /// - Throws: why one of them was not committed, with group and partition. Some others may be.
    func commit(
        _ offsets: [TopicPartition: OffsetAndMetadata],
        as member: () throws(KafkaError) -> ConsumerGroupMetadata
    ) async throws(KafkaError) {
        guard !offsets.isEmpty else { return }
        var offsets = offsets
        var retry = Retry(configuration)
        while true {
            let group = try member()
            let ids = topicIDs(of: offsets.keys)
            let response = try await sendToCoordinator(
                of: .group(group.groupID), maxVersion: ids == nil ? 9 : .max
            ) { version throws(KafkaError) in
                OffsetCommitRequest(group, offsets, ids: ids ?? [:], version)
            } errorCode: { response in
                response.codes.first(where: \.concernsCoordinator) ?? .none
            }
            guard let (partition, code) = response.failure(ids ?? [:]) else { return }
            if code == .unknownTopicId { forgetTopics(Set(offsets.keys.map(\.topic))) }
            // Kafka keeps the epoch unseen; where it is compared with the leader's, as in
            // librdkafka's mock cluster, that of records from before the leader moved is too old.
            if code == .fencedLeaderEpoch || code == .unknownLeaderEpoch {
                for partition in offsets.keys { offsets[partition]?.leaderEpoch = nil }
            }
            let error = KafkaError(
                code, "commit of group \(group.groupID)\(partition.map { ", \($0)" } ?? "")"
            ).of(partition)
            guard code.isRetriable || code == .staleMemberEpoch else { throw error }
            try await retry.pause(after: error)
        }
    }

    /// What a group has committed for partitions, without being a member of it; those without an
    /// offset are left out.
    public func committedOffsets(
        _ partitions: [TopicPartition], of group: ConsumerGroupMetadata
    ) async throws(KafkaError) -> [TopicPartition: OffsetAndMetadata] {
        try await committedOffsets(partitions, as: { group }, isStable: true)
    }

    /// What a group has committed for partitions; those without an offset are left out.
    ///
    /// - Parameter isStable: waits for transactions that are about to commit offsets (KIP-447).
    func committedOffsets(
        _ partitions: [TopicPartition], as member: () -> ConsumerGroupMetadata,
        isStable: Bool
    ) async throws(KafkaError) -> [TopicPartition: OffsetAndMetadata] {
        guard !partitions.isEmpty else { return [:] }
        var retry = Retry(configuration)
        while true {
            let group = member()
            let ids = topicIDs(of: partitions)
            let response = try await sendToCoordinator(
                of: .group(group.groupID), maxVersion: ids == nil ? 9 : .max
            ) { version throws(KafkaError) in
                OffsetFetchRequest(group, partitions, ids ?? [:], isStable: isStable, version)
            } errorCode: { response in
                response.groups.first?.errorCode ?? response.errorCode
            }
            let entries = response.entries(ids ?? [:])
            guard let failed = entries.first(where: { $0.code != .none }) else {
                return entries.reduce(into: [:]) { result, entry in
                    guard let partition = entry.partition, let offset = entry.offset else { return }
                    result[partition] = offset
                }
            }
            if failed.code == .unknownTopicId { forgetTopics(Set(partitions.map(\.topic))) }
            let error = KafkaError(
                failed.code,
                "offsets of group \(group.groupID)\(failed.partition.map { ", \($0)" } ?? "")"
            ).of(failed.partition)
            guard failed.code.isRetriable || failed.code == .staleMemberEpoch else { throw error }
            try await retry.pause(after: error)
        }
    }

    /// Nil unless the ids of all are known: then topics go by name.
    private func topicIDs(of partitions: some Sequence<TopicPartition>) -> [String: Uuid]? {
        var ids: [String: Uuid] = [:]
        for topic in Set(partitions.map(\.topic)) {
            guard let id = cachedTopic(topic)?.id, id != .zero else { return nil }
            ids[topic] = id
        }
        return ids
    }
}

extension OffsetCommitResponse {
    fileprivate var codes: some Sequence<ErrorCode> {
        topics.lazy.flatMap(\.partitions).map(\.errorCode)
    }

    /// The first that was not committed; without its name where the topic's id says nothing.
    fileprivate func failure(
        _ ids: [String: Uuid]
    ) -> (partition: TopicPartition?, code: ErrorCode)? {
        for topic in topics {
            for entry in topic.partitions where entry.errorCode != .none {
                let name = ids.name(topic.name, topic.topicId)
                return (
                    name.map { TopicPartition(topic: $0, partition: entry.partitionIndex) },
                    entry.errorCode
                )
            }
        }
        return nil
    }
}

extension OffsetFetchRequest {
    fileprivate init(
        _ member: ConsumerGroupMetadata, _ partitions: [TopicPartition], _ ids: [String: Uuid],
        isStable: Bool, _ version: Int16
    ) {
        self.init()
        if version >= 7 { requireStable = isStable }
        let byTopic = partitions.byTopic
        guard version >= 8 else {
            groupId = member.groupID
            topics = byTopic.map { name, numbers in
                var topic = OffsetFetchRequestTopic()
                topic.name = name
                topic.partitionIndexes = numbers
                return topic
            }
            return
        }
        var group = OffsetFetchRequestGroup()
        group.groupId = member.groupID
        group.topics = byTopic.map { name, numbers in
            var topic = OffsetFetchRequestTopics()
            topic.name = name
            topic.topicId = ids[name] ?? .zero
            topic.partitionIndexes = numbers
            return topic
        }
        groups = [group]
    }
}

extension OffsetFetchResponse {
    fileprivate struct Entry {
        var partition: TopicPartition?
        var offset: OffsetAndMetadata?
        var code: ErrorCode

        init(
            _ name: String?, _ partition: Int32, _ offset: Int64, _ epoch: Int32,
            _ metadata: String?, _ code: ErrorCode
        ) {
            self.partition = name.map { TopicPartition(topic: $0, partition: partition) }
            self.code = code
            if offset >= 0 {
                self.offset = OffsetAndMetadata(
                    offset: offset, leaderEpoch: epoch >= 0 ? epoch : nil,
                    metadata: metadata ?? "")
            }
        }
    }

    /// An error of the whole is one without a partition.
    fileprivate func entries(_ ids: [String: Uuid]) -> [Entry] {
        let code = groups.first?.errorCode ?? errorCode
        guard code == .none else { return [Entry(nil, 0, -1, -1, nil, code)] }
        var result: [Entry] = []
        for topic in topics {
            for entry in topic.partitions {
                result.append(
                    Entry(
                        topic.name, entry.partitionIndex, entry.committedOffset,
                        entry.committedLeaderEpoch, entry.metadata, entry.errorCode))
            }
        }
        for topic in groups.first?.topics ?? [] {
            for entry in topic.partitions {
                result.append(
                    Entry(
                        ids.name(topic.name, topic.topicId), entry.partitionIndex,
                        entry.committedOffset, entry.committedLeaderEpoch, entry.metadata,
                        entry.errorCode))
            }
        }
        return result
    }
}

extension [String: Uuid] {
    /// Versions have either names or ids.
    fileprivate func name(_ name: String, _ id: Uuid) -> String? {
        if !name.isEmpty { return name }
        return first { $0.value == id }?.key
    }
}
