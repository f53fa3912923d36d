import KafkaBase
import KafkaSecurity
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
        let plan = plan(request, context)
        guard !plan.entries.isEmpty else {
            return reply.send(response(request, plan.codes([])))
        }
        let commit = OffsetCommit(
            groupID: request.groupId,
            committer: OffsetCommitter(
                memberID: request.memberId, instanceID: request.groupInstanceId,
                generation: request.generationIdOrMemberEpoch, isTransactional: false,
                version: context.version),
            retentionMs: request.retentionTimeMs < 0 ? nil : request.retentionTimeMs,
            entries: plan.entries)
        node.groups.answer(request.groupId, for: .read, context, reply) { error in
            response(request, plan.codes(error))
        } work: { coordinator, send in
            coordinator.commit(commit) { send(response(request, plan.codes($0))) }
        }
    }

    private func plan(
        _ request: OffsetCommitRequest, _ context: RequestContext
    ) -> OffsetCommitPlan {
        let table = node.table.snapshot
        let usesIDs = context.version >= OffsetCommitHandler.firstVersionWithIDs
        let group = context.refusal(of: .read, .group(request.groupId))
        var plan = OffsetCommitPlan()
        for asked in request.topics {
            let topic = usesIDs ? table.topic(asked.topicId) : table.topic(asked.name)
            let refusal =
                group
                ?? (usesIDs ? topic?.name : asked.name).flatMap {
                    context.refusal(of: .read, .topic($0))
                }
            let unknown: ErrorCode = usesIDs ? .unknownTopicId : .unknownTopicOrPartition
            for partition in asked.partitions {
                plan.add(refusal == nil ? topic : nil, orElse: refusal?.code ?? unknown) {
                    .init($0, partition)
                }
            }
        }
        return plan
    }

    /// - Parameter codes: of all partitions, in the request's order.
    private func response(
        _ request: OffsetCommitRequest, _ codes: [ErrorCode]
    ) -> OffsetCommitResponse {
        var codes = codes[...]
        var response = OffsetCommitResponse()
        response.topics = request.topics.map { asked in
            var topic = TopicAnswer()
            topic.name = asked.name
            topic.topicId = asked.topicId
            topic.partitions = asked.partitions.map { asked in
                var partition = OffsetCommitResponse.OffsetCommitResponsePartition()
                partition.partitionIndex = asked.partitionIndex
                partition.errorCode = codes.removeFirst()
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
