import KafkaBase
import KafkaSecurity
import KafkaWire

/// DescribeTopicPartitions (KIP-966): topics page by page, sorted by name.
///
/// - An empty list asks for all topics.
/// - Topics that the client may not describe are not listed, and told as refused where they are
///   named.
/// - A page ends after so many partitions; the cursor then names the next one.
struct DescribeTopicPartitionsHandler: ApiHandler {
    typealias Request = DescribeTopicPartitionsRequest
    typealias TopicAnswer = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
    typealias PartitionAnswer =
        DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition
    static let servedVersions: ClosedRange<Int16> = 0...0
    /// Partitions of a page at most, as in Kafka.
    private static let maxPartitions = 2000

    let node: BrokerNode

    func handle(
        _ request: DescribeTopicPartitionsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeTopicPartitionsResponse>
    ) {
        let table = node.table.snapshot
        let start = request.cursor
        let names =
            request.topics.isEmpty
            ? Array(table.byName.keys) : Array(Set(request.topics.map(\.name)))
        var left = max(
            1,
            min(
                Int(request.responsePartitionLimit),
                DescribeTopicPartitionsHandler.maxPartitions))
        var response = DescribeTopicPartitionsResponse()
        for name in names.sorted() where name >= start?.topicName ?? "" {
            guard context.shows(.describe, .topic(name)) else {
                if !request.topics.isEmpty { response.topics.append(refused(name)) }
                continue
            }
            guard let topic = table.topic(name) else {
                response.topics.append(unknown(name))
                continue
            }
            let first = name == start?.topicName ? max(0, Int(start?.partitionIndex ?? 0)) : 0
            guard left > 0 else {
                response.nextCursor = cursor(name, first)
                break
            }
            let end = min(topic.partitions.count, first + left)
            var found = answer(topic, from: min(first, end), to: end)
            found.topicAuthorizedOperations = context.authorizedOperations(on: .topic(name))
            response.topics.append(found)
            left -= max(0, end - first)
            if end < topic.partitions.count {
                response.nextCursor = cursor(name, end)
                break
            }
        }
        reply.send(response)
    }

    private func cursor(
        _ name: String, _ partition: Int
    ) -> DescribeTopicPartitionsResponse.Cursor {
        var cursor = DescribeTopicPartitionsResponse.Cursor()
        cursor.topicName = name
        cursor.partitionIndex = Int32(partition)
        return cursor
    }

    private func unknown(_ name: String) -> TopicAnswer {
        var answer = TopicAnswer()
        answer.name = name
        answer.errorCode =
            TopicName.problem(name) == nil ? .unknownTopicOrPartition : .invalidTopicException
        return answer
    }

    private func refused(_ name: String) -> TopicAnswer {
        var answer = TopicAnswer()
        answer.name = name
        answer.errorCode = .topicAuthorizationFailed
        return answer
    }

    private func answer(_ topic: Topic, from start: Int, to end: Int) -> TopicAnswer {
        var answer = TopicAnswer()
        answer.name = topic.name
        answer.topicId = topic.id
        answer.isInternal = topic.image.isInternal
        answer.partitions = (start..<end).map { number in
            let image = topic.image.partitions[number]
            var partition = PartitionAnswer()
            partition.partitionIndex = Int32(number)
            partition.leaderId = image.leader
            partition.leaderEpoch = image.leaderEpoch
            partition.replicaNodes = image.replicas
            partition.isrNodes = image.inSyncReplicas
            partition.eligibleLeaderReplicas = []
            partition.lastKnownElr = []
            return partition
        }
        return answer
    }
}
