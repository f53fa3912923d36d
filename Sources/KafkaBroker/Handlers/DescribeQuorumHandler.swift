import KafkaBase
import KafkaSecurity
import KafkaWire

/// DescribeQuorum (KIP-595, KIP-853): who keeps the metadata. This node alone does, in a file: its
/// log has no offsets, and no other voter is ever behind.
///
/// - Whatever is asked but the metadata's one partition is unknown.
struct DescribeQuorumHandler: ApiHandler {
    typealias Request = DescribeQuorumRequest
    typealias PartitionAnswer = DescribeQuorumResponse.PartitionData
    static let servedVersions: ClosedRange<Int16> = 0...2
    /// This node has been elected once, and never replaced.
    private static let leaderEpoch: Int32 = 1

    let node: BrokerNode

    func handle(
        _ request: DescribeQuorumRequest, _ context: RequestContext,
        _ reply: Reply<DescribeQuorumResponse>
    ) {
        var response = DescribeQuorumResponse()
        if let refusal = context.refusal(of: .describe, .cluster) {
            response.errorCode = refusal.code
            response.errorMessage = refusal.message
            return reply.send(response)
        }
        let isMetadata =
            request.topics.count == 1 && request.topics[0].topicName == TopicName.clusterMetadata
            && request.topics[0].partitions.map(\.partitionIndex) == [0]
        response.topics = request.topics.map { asked in
            var topic = DescribeQuorumResponse.TopicData()
            topic.topicName = asked.topicName
            topic.partitions = asked.partitions.map {
                isMetadata ? quorum() : unknown($0.partitionIndex)
            }
            return topic
        }
        if isMetadata, context.version >= 2 { response.nodes = [voter(context.endpoint)] }
        reply.send(response)
    }

    private func quorum() -> PartitionAnswer {
        var voter = DescribeQuorumResponse.ReplicaState()
        voter.replicaId = node.nodeID
        voter.lastFetchTimestamp = node.clock.nowMs
        voter.lastCaughtUpTimestamp = voter.lastFetchTimestamp
        var answer = PartitionAnswer()
        answer.leaderId = node.nodeID
        answer.leaderEpoch = DescribeQuorumHandler.leaderEpoch
        answer.currentVoters = [voter]
        return answer
    }

    private func unknown(_ number: Int32) -> PartitionAnswer {
        var answer = PartitionAnswer()
        answer.partitionIndex = number
        answer.errorCode = .unknownTopicOrPartition
        answer.errorMessage = "This server does not host this topic-partition."
        return answer
    }

    private func voter(_ endpoint: AdvertisedEndpoint) -> DescribeQuorumResponse.Node {
        var listener = DescribeQuorumResponse.Listener()
        listener.name = endpoint.listenerName
        listener.host = endpoint.host
        listener.port = UInt16(clamping: endpoint.port)
        var voter = DescribeQuorumResponse.Node()
        voter.nodeId = node.nodeID
        voter.listeners = [listener]
        return voter
    }
}
