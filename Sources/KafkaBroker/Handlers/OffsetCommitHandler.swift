import KafkaBase
import KafkaWire

/// OffsetCommit: notes how far a group has come.
///
/// - Versions 2 to 4 say how long the offsets are to be kept. From version 10 on topics go by id.
/// - Partitions that do not exist are refused one by one.
struct OffsetCommitHandler: ApiHandler {
    typealias Request = OffsetCommitRequest
    typealias TopicAnswer = OffsetCommitResponse.OffsetCommitResponseTopic
    static let servedVersions: ClosedRange<Int16> = 2...10
    private static let firstVersionWithIDs: Int16 = 10

    let node: BrokerNode

    func handle(
        _ request: OffsetCommitRequest, _ context: RequestContext,
        _ reply: Reply<OffsetCommitResponse>
    ) {
        let table = node.table.snapshot
        let usesIDs = context.version >= OffsetCommitHandler.firstVersionWithIDs
        var commit = OffsetCommit(
            groupID: request.groupId,
            committer: OffsetCommitter(
                memberID: request.memberId, instanceID: request.groupInstanceId,
                generation: request.generationIdOrMemberEpoch, isTransactional: false,
                version: context.version),
            retentionMs: request.retentionTimeMs < 0 ? nil : request.retentionTimeMs,
            entries: [])
        // Of partitions that are refused here; the coordinator is asked for the others.
        var refusals: [ErrorCode?] = []
        for asked in request.topics {
            let topic = usesIDs ? table.topic(asked.topicId) : table.topic(asked.name)
            for partition in asked.partitions {
                guard let topic else {
                    refusals.append(usesIDs ? .unknownTopicId : .unknownTopicOrPartition)
                    continue
                }
                guard topic.partition(partition.partitionIndex) != nil else {
                    refusals.append(.unknownTopicOrPartition)
                    continue
                }
                refusals.append(nil)
                commit.entries.append(.init(topic.name, partition))
            }
        }
        let refused = refusals
        guard !commit.entries.isEmpty else { return reply.send(response(request, refused, [])) }
        let entries = commit
        node.groups.answer(request.groupId, context, reply) { error in
            response(
                request, refused, Array(repeating: error, count: entries.entries.count))
        } work: { coordinator, send in
            coordinator.commit(entries) { send(response(request, refused, $0)) }
        }
    }

    /// - Parameter errors: of the partitions that were not refused.
    private func response(
        _ request: OffsetCommitRequest, _ refusals: [ErrorCode?], _ errors: [ErrorCode]
    ) -> OffsetCommitResponse {
        var refusals = refusals[...]
        var errors = errors[...]
        var response = OffsetCommitResponse()
        response.topics = request.topics.map { asked in
            var topic = TopicAnswer()
            topic.name = asked.name
            topic.topicId = asked.topicId
            topic.partitions = asked.partitions.map { asked in
                var partition = OffsetCommitResponse.OffsetCommitResponsePartition()
                partition.partitionIndex = asked.partitionIndex
                let refusal = refusals.popFirst() ?? nil
                partition.errorCode = refusal ?? errors.popFirst() ?? .unknownServerError
                return partition
            }
            return topic
        }
        return response
    }
}

extension OffsetCommit.Entry {
    init(_ topic: String, _ asked: OffsetCommitRequest.OffsetCommitRequestPartition) {
        self.topic = topic
        partition = asked.partitionIndex
        offset = asked.committedOffset
        leaderEpoch = asked.committedLeaderEpoch
        metadata = asked.committedMetadata
    }
}
