import KafkaBase
import KafkaSecurity
import KafkaWire

/// ListPartitionReassignments (KIP-455): none is ever under way on a single node.
struct ListPartitionReassignmentsHandler: ApiHandler {
    typealias Request = ListPartitionReassignmentsRequest
    static let servedVersions: ClosedRange<Int16> = 0...0

    func handle(
        _ request: ListPartitionReassignmentsRequest, _ context: RequestContext,
        _ reply: Reply<ListPartitionReassignmentsResponse>
    ) {
        var response = ListPartitionReassignmentsResponse()
        let refusal = context.refusal(of: .describe, .cluster)
        response.errorCode = refusal?.code ?? .none
        response.errorMessage = refusal?.message
        reply.send(response)
    }
}
