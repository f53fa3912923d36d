import KafkaBase
import KafkaSecurity
import KafkaWire

/// OffsetFetch: how far groups have come.
///
/// - From version 2 on all topics of a group can be asked for, from 7 on without offsets that an
///   open transaction may change, from 8 on several groups, from 10 on topics go by id.
/// - Topics that the client may not describe are left out, or refused where they are named.
/// - A group that nobody knows has no offsets, which is no error; below version 2 the errors of
///   groups stand beside their partitions.
struct OffsetFetchHandler: ApiHandler {
    typealias Request = OffsetFetchRequest
    typealias AskedGroup = OffsetFetchRequest.OffsetFetchRequestGroup
    typealias AskedTopic = OffsetFetchRequest.OffsetFetchRequestTopics
    typealias GroupAnswer = OffsetFetchResponse.OffsetFetchResponseGroup
    typealias TopicAnswer = OffsetFetchResponse.OffsetFetchResponseTopics
    static let servedVersions: ClosedRange<Int16> = 1...10
    private static let firstVersionWithGroupError: Int16 = 2
    private static let firstVersionWithGroups: Int16 = 8
    private static let firstVersionWithIDs: Int16 = 10

    let node: BrokerNode

    func handle(
        _ request: OffsetFetchRequest, _ context: RequestContext,
        _ reply: Reply<OffsetFetchResponse>
    ) {
        let version = context.version
        let home = context.eventLoop
        let groups =
            version >= OffsetFetchHandler.firstVersionWithGroups
            ? request.groups : [soleGroup(request)]
        let answers = FanIn<GroupAnswer>(count: groups.count) { answers in
            reply.send(response(groups, answers, version))
        }
        let requiresStable = request.requireStable
        for (index, group) in groups.enumerated() {
            if let error = context.refusal(of: .describe, .group(group.groupId)) {
                answers.complete(index, refusal(group, error.code))
                continue
            }
            let (known, refused) = split(group, context)
            node.groups.perform(group.groupId) { coordinator, _ in
                var answer = coordinator.fetchOffsets(known, requiresStable: requiresStable)
                if group.topics == nil {
                    answer.topics.removeAll { !context.shows(.describe, .topic($0.name)) }
                }
                if answer.errorCode == .none { answer.topics += refused }
                let final = answer
                home.runOrHop { answers.complete(index, final) }
            } orElse: { error in
                home.runOrHop { answers.complete(index, refusal(group, error)) }
            }
        }
    }

    private func soleGroup(_ request: OffsetFetchRequest) -> AskedGroup {
        var group = AskedGroup()
        group.groupId = request.groupId
        group.topics = request.topics?.map { asked in
            var topic = AskedTopic()
            topic.name = asked.name
            topic.partitionIndexes = asked.partitionIndexes
            return topic
        }
        return group
    }

    /// The topics that the coordinator is asked for, by their names, and the answers for the
    /// others.
    private func split(
        _ group: AskedGroup, _ context: RequestContext
    ) -> (known: AskedGroup, refused: [TopicAnswer]) {
        guard let topics = group.topics else { return (group, []) }
        let usesIDs = context.version >= OffsetFetchHandler.firstVersionWithIDs
        let table = node.table.snapshot
        var known = group
        var refused: [TopicAnswer] = []
        known.topics = topics.compactMap { asked in
            var asked = asked
            if usesIDs {
                guard let topic = table.topic(asked.topicId) else {
                    refused.append(refusal(asked, .unknownTopicId))
                    return nil
                }
                asked.name = topic.name
            }
            if let error = context.refusal(of: .describe, .topic(asked.name)) {
                refused.append(refusal(asked, error.code))
                return nil
            }
            return asked
        }
        return (known, refused)
    }

    private func refusal(_ group: AskedGroup, _ error: ErrorCode) -> GroupAnswer {
        var answer = GroupAnswer()
        answer.groupId = group.groupId
        answer.errorCode = error
        return answer
    }

    private func refusal(_ topic: AskedTopic, _ error: ErrorCode) -> TopicAnswer {
        var answer = TopicAnswer()
        answer.name = topic.name
        answer.topicId = topic.topicId
        answer.partitions = topic.partitionIndexes.map { number in
            var partition = OffsetFetchResponse.OffsetFetchResponsePartitions()
            partition.partitionIndex = number
            partition.committedOffset = -1
            partition.metadata = ""
            partition.errorCode = error
            return partition
        }
        return answer
    }

    // MARK: Forms of the answer

    private func response(
        _ asked: [AskedGroup], _ answers: [GroupAnswer], _ version: Int16
    ) -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        guard version < OffsetFetchHandler.firstVersionWithGroups else {
            response.groups =
                version < OffsetFetchHandler.firstVersionWithIDs
                ? answers : answers.map(withIDs)
            return response
        }
        guard let group = asked.first, let answer = answers.first else { return response }
        response.errorCode = answer.errorCode
        let showsErrors =
            answer.errorCode != .none && version < OffsetFetchHandler.firstVersionWithGroupError
        let topics =
            showsErrors
            ? group.topics?.map { refusal($0, answer.errorCode) } ?? [] : answer.topics
        response.topics = topics.map(OffsetFetchResponse.OffsetFetchResponseTopic.init)
        return response
    }

    /// Topics that were deleted a moment ago are left out: nobody knows their ids any more.
    private func withIDs(_ group: GroupAnswer) -> GroupAnswer {
        let table = node.table.snapshot
        var group = group
        group.topics = group.topics.compactMap { topic in
            var topic = topic
            if topic.topicId == .zero {
                guard let known = table.topic(topic.name) else { return nil }
                topic.topicId = known.id
            }
            return topic
        }
        return group
    }
}

extension OffsetFetchResponse.OffsetFetchResponseTopic {
    /// The form of the versions that ask for one group.
    fileprivate init(_ topic: OffsetFetchResponse.OffsetFetchResponseTopics) {
        self.init()
        name = topic.name
        partitions = topic.partitions.map { answer in
            var partition = OffsetFetchResponse.OffsetFetchResponsePartition()
            partition.partitionIndex = answer.partitionIndex
            partition.committedOffset = answer.committedOffset
            partition.committedLeaderEpoch = answer.committedLeaderEpoch
            partition.metadata = answer.metadata
            partition.errorCode = answer.errorCode
            return partition
        }
    }
}
