import KafkaBase
import KafkaSecurity
import KafkaWire

/// AlterPartitionReassignments (KIP-455): where to is always where from, since there is no other
/// broker; so nothing is ever under way.
///
/// - Null for the replicas cancels what is not under way.
struct AlterPartitionReassignmentsHandler: ApiHandler {
    typealias Request = AlterPartitionReassignmentsRequest
    typealias PartitionAnswer =
        AlterPartitionReassignmentsResponse.ReassignablePartitionResponse
    static let servedVersions: ClosedRange<Int16> = 0...1

    let node: BrokerNode

    func handle(
        _ request: AlterPartitionReassignmentsRequest, _ context: RequestContext,
        _ reply: Reply<AlterPartitionReassignmentsResponse>
    ) {
        let table = node.table.snapshot
        let rules = TopicRules(settings: node.settings)
        var response = AlterPartitionReassignmentsResponse()
        response.allowReplicationFactorChange = request.allowReplicationFactorChange
        let refusal = context.refusal(of: .alter, .cluster)
        response.errorCode = refusal?.code ?? .none
        response.errorMessage = refusal?.message
        response.responses = request.topics.map { asked in
            var topic = AlterPartitionReassignmentsResponse.ReassignableTopicResponse()
            topic.name = asked.name
            topic.partitions = asked.partitions.map { asked in
                let error: ApiError?
                do throws(ApiError) {
                    if let refusal { throw refusal }
                    try check(asked, of: topic.name, table, rules)
                    error = nil
                } catch let refusal {
                    error = refusal
                }
                var answer = PartitionAnswer()
                answer.partitionIndex = asked.partitionIndex
                answer.errorCode = error?.code ?? .none
                answer.errorMessage = error?.message
                return answer
            }
            return topic
        }
        reply.send(response)
    }

    private func check(
        _ asked: AlterPartitionReassignmentsRequest.ReassignablePartition, of topic: String,
        _ table: TopicTable.Snapshot, _ rules: TopicRules
    ) throws(ApiError) {
        guard let found = table.topic(topic) else {
            throw ApiError(.unknownTopicOrPartition, "Unable to find a topic named \(topic).")
        }
        guard found.partition(asked.partitionIndex) != nil else {
            throw ApiError(
                .unknownTopicOrPartition,
                "Unable to find partition \(topic):\(asked.partitionIndex).")
        }
        guard let replicas = asked.replicas else {
            throw ApiError(
                .noReassignmentInProgress, "No partition reassignment is in progress.")
        }
        try rules.checkAssignment(replicas)
    }
}
