internal import KafkaBase
internal import KafkaWire

extension OffsetFetchRequest {
    /// - Parameters:
    ///   - partitions: nil for all.
    ///   - version: one group below 8; topics by name, so at most 9.
    init(
        _ groups: [String], _ partitions: [TopicPartition]?, requireStable: Bool, _ version: Int16
    ) {
        self.init()
        if version >= 7 { self.requireStable = requireStable }
        let topics = partitions?.byTopic
        guard version >= 8 else {
            groupId = groups.first ?? ""
            self.topics = topics?.map { name, numbers in
                var topic = OffsetFetchRequestTopic()
                topic.name = name
                topic.partitionIndexes = numbers
                return topic
            }
            return
        }
        self.groups = groups.map { id in
            var group = OffsetFetchRequestGroup()
            group.groupId = id
            group.topics = topics?.map { name, numbers in
                var topic = OffsetFetchRequestTopics()
                topic.name = name
                topic.partitionIndexes = numbers
                return topic
            }
            return group
        }
    }
}

extension OffsetFetchResponse {
    /// - Parameter asked: the groups; below version 8 one, without its name in the answer.
    func results(
        _ asked: [String]
    ) -> [String: Result<KafkaClient.GroupOffsets, KafkaError>] {
        var results: [String: Result<KafkaClient.GroupOffsets, KafkaError>] = [:]
        for group in groups {
            guard group.errorCode == .none else {
                results[group.groupId] = .failure(
                    .ofGroup(group.groupId, group.errorCode, "offsets of"))
                continue
            }
            var offsets: KafkaClient.GroupOffsets = [:]
            for topic in group.topics {
                for entry in topic.partitions {
                    offsets.add(
                        TopicPartition(topic: topic.name, partition: entry.partitionIndex),
                        entry.committedOffset, entry.committedLeaderEpoch, entry.metadata,
                        entry.errorCode)
                }
            }
            results[group.groupId] = .success(offsets)
        }
        guard groups.isEmpty, let id = asked.first else { return results }
        guard errorCode == .none else {
            return [id: .failure(.ofGroup(id, errorCode, "offsets of"))]
        }
        var offsets: KafkaClient.GroupOffsets = [:]
        for topic in topics {
            for entry in topic.partitions {
                offsets.add(
                    TopicPartition(topic: topic.name, partition: entry.partitionIndex),
                    entry.committedOffset, entry.committedLeaderEpoch, entry.metadata,
                    entry.errorCode)
            }
        }
        return [id: .success(offsets)]
    }
}

extension KafkaClient.GroupOffsets {
    /// Adds one partition's answer; -1 is no offset.
    fileprivate mutating func add(
        _ partition: TopicPartition, _ offset: Int64, _ leaderEpoch: Int32, _ metadata: String?,
        _ code: ErrorCode
    ) {
        guard code == .none else {
            self[partition] = .failure(KafkaError(code, "offset of \(partition)"))
            return
        }
        guard offset >= 0 else { return }
        self[partition] = .success(
            OffsetAndMetadata(
                offset: offset, leaderEpoch: leaderEpoch >= 0 ? leaderEpoch : nil,
                metadata: metadata ?? ""))
    }
}

extension OffsetCommitRequest {
    /// - Parameters:
    ///   - group: in whose name; of a group without members nobody's.
    ///   - ids: of the topics, which go by them from version 10 on.
    init(
        _ group: ConsumerGroupMetadata, _ offsets: [TopicPartition: OffsetAndMetadata],
        ids: [String: Uuid] = [:], _ version: Int16
    ) {
        self.init()
        groupId = group.groupID
        generationIdOrMemberEpoch = group.generation
        memberId = group.memberID
        if version >= 7 { groupInstanceId = group.instanceID }
        topics = offsets.byTopic.map { name, entries in
            var topic = OffsetCommitRequestTopic()
            topic.name = name
            topic.topicId = ids[name] ?? .zero
            topic.partitions = entries.map { number, offset in
                var entry = OffsetCommitRequestPartition()
                entry.partitionIndex = number
                entry.committedOffset = offset.offset
                entry.committedLeaderEpoch = offset.leaderEpoch ?? -1
                entry.committedMetadata = offset.metadata
                return entry
            }
            return topic
        }
    }
}
