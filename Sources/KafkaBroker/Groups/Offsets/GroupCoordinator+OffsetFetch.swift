import KafkaBase
import KafkaWire

/// OffsetFetch.
extension GroupCoordinator {
    typealias FetchedTopic = OffsetFetchResponse.OffsetFetchResponseTopics
    private typealias FetchedPartition = OffsetFetchResponse.OffsetFetchResponsePartitions

    /// The offsets of the topics asked for, by their names, or of all that the group has any of.
    /// A group that nobody knows has none, which is no error.
    ///
    /// - Parameter requiresStable: whether offsets are refused that an open transaction may change.
    func fetchOffsets(
        _ asked: OffsetFetchRequest.OffsetFetchRequestGroup, requiresStable: Bool
    ) -> OffsetFetchResponse.OffsetFetchResponseGroup {
        var answer = OffsetFetchResponse.OffsetFetchResponseGroup()
        answer.groupId = asked.groupId
        do throws(ApiError) {
            try groups[asked.groupId]?.checkFetch(
                memberID: asked.memberId, memberEpoch: asked.memberEpoch)
        } catch {
            answer.errorCode = error.code
            return answer
        }
        let partition = { [self] (topic: String, number: Int32) in
            fetched(asked.groupId, topic, number, requiresStable: requiresStable)
        }
        if let topics = asked.topics {
            answer.topics = topics.map { topic in
                fetched(topic.name, topic.partitionIndexes.map { partition(topic.name, $0) })
            }
        } else {
            answer.topics = offsets.topics(of: asked.groupId).sorted { $0.key < $1.key }.map {
                topic, offsets in
                fetched(topic, offsets.keys.sorted().map { partition(topic, $0) })
            }
        }
        return answer
    }

    private func fetched(_ topic: String, _ partitions: [FetchedPartition]) -> FetchedTopic {
        var answer = FetchedTopic()
        answer.name = topic
        answer.partitions = partitions
        return answer
    }

    private func fetched(
        _ group: String, _ topic: String, _ number: Int32, requiresStable: Bool
    ) -> FetchedPartition {
        var answer = FetchedPartition()
        answer.partitionIndex = number
        answer.committedOffset = -1
        answer.metadata = ""
        if requiresStable, offsets.isPending(group, topic, number) {
            answer.errorCode = .unstableOffsetCommit
        } else if let offset = offsets.offset(group, topic, number) {
            answer.committedOffset = offset.offset
            answer.committedLeaderEpoch = offset.leaderEpoch
            answer.metadata = offset.metadata
        }
        return answer
    }
}
