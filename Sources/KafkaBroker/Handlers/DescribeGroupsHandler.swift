import KafkaBase
import KafkaSecurity
import KafkaWire

/// DescribeGroups: state and members of groups of the classic protocol.
///
/// - Version 3 and above can ask what the client may do, 4 and above show static members.
/// - A group that nobody knows is dead; from version 6 on that is an error (KIP-1043).
struct DescribeGroupsHandler: ApiHandler {
    typealias Request = DescribeGroupsRequest
    typealias GroupAnswer = DescribeGroupsResponse.DescribedGroup
    static let servedVersions: ClosedRange<Int16> = 0...6

    let node: BrokerNode

    func handle(
        _ request: DescribeGroupsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeGroupsResponse>
    ) {
        let version = context.version
        let home = context.eventLoop
        let showsOperations = request.includeAuthorizedOperations
        let groupIDs = request.groups.once { $0 }
        let answers = FanIn<GroupAnswer>(count: groupIDs.count) { answers in
            var response = DescribeGroupsResponse()
            response.groups = answers
            reply.send(response)
        }
        for (index, groupID) in groupIDs.enumerated() {
            if let error = context.refusal(of: .describe, .group(groupID)) {
                answers.complete(index, refusal(groupID, error.code))
                continue
            }
            node.groups.perform(groupID) { coordinator, _ in
                var answer = coordinator.describe(groupID, version: version)
                if showsOperations, answer.errorCode == .none {
                    answer.authorizedOperations = context.authorizedOperations(
                        on: .group(groupID))
                }
                let final = answer
                home.runOrHop { answers.complete(index, final) }
            } orElse: { error in
                home.runOrHop { answers.complete(index, refusal(groupID, error)) }
            }
        }
    }

    private func refusal(_ groupID: String, _ error: ErrorCode) -> GroupAnswer {
        var answer = GroupAnswer()
        answer.groupId = groupID
        answer.errorCode = error
        return answer
    }
}
