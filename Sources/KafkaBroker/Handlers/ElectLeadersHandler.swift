import KafkaBase
import KafkaSecurity
import KafkaWire

/// ElectLeaders (KIP-183, KIP-460): every partition that there is has its leader, this node, which
/// is the preferred one as well.
///
/// - Null for the partitions stands for all, of which none is told that needs no election.
struct ElectLeadersHandler: ApiHandler {
    typealias Request = ElectLeadersRequest
    typealias TopicAnswer = ElectLeadersResponse.ReplicaElectionResult
    static let servedVersions: ClosedRange<Int16> = 0...2
    /// Preferred and unclean elections.
    private static let electionTypes: ClosedRange<Int8> = 0...1

    let node: BrokerNode

    func handle(
        _ request: ElectLeadersRequest, _ context: RequestContext,
        _ reply: Reply<ElectLeadersResponse>
    ) {
        let table = node.table.snapshot
        let refusal =
            context.refusal(of: .alter, .cluster)
            ?? (ElectLeadersHandler.electionTypes.contains(request.electionType)
                ? nil
                : ApiError(.invalidRequest, "Unknown election type \(request.electionType)"))
        var response = ElectLeadersResponse()
        response.errorCode = refusal?.code ?? .none
        if let topics = request.topicPartitions {
            response.replicaElectionResults = topics.map { asked in
                var topic = TopicAnswer()
                topic.topic = asked.topic
                topic.partitionResult = asked.partitions.map { number in
                    answer(number, refusal ?? outcome(asked.topic, number, table))
                }
                return topic
            }
        } else if refusal == nil {
            response.replicaElectionResults = table.byName.keys.sorted().map { name in
                var topic = TopicAnswer()
                topic.topic = name
                return topic
            }
        }
        reply.send(response)
    }

    private func outcome(
        _ topic: String, _ number: Int32, _ table: TopicTable.Snapshot
    ) -> ApiError {
        guard let found = table.topic(topic) else {
            return ApiError(.unknownTopicOrPartition, "No such topic as \(topic)")
        }
        guard found.partition(number) != nil else {
            return ApiError(.unknownTopicOrPartition, "No such partition as \(topic)-\(number)")
        }
        return ApiError(.electionNotNeeded, "Leader election not needed for topic partition.")
    }

    private func answer(_ number: Int32, _ error: ApiError) -> ElectLeadersResponse.PartitionResult
    {
        var answer = ElectLeadersResponse.PartitionResult()
        answer.partitionId = number
        answer.errorCode = error.code
        answer.errorMessage = error.message
        return answer
    }
}
