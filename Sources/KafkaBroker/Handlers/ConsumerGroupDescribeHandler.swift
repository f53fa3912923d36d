import KafkaBase
import KafkaWire

/// ConsumerGroupDescribe: state, members and assignments of consumer groups (KIP-848).
///
/// - Version 1 and above tell which protocol each member speaks (KIP-1099).
struct ConsumerGroupDescribeHandler: ApiHandler {
    typealias Request = ConsumerGroupDescribeRequest
    typealias GroupAnswer = ConsumerGroupDescribeResponse.DescribedGroup
    static let servedVersions: ClosedRange<Int16> = 0...1

    let node: BrokerNode

    func handle(
        _ request: ConsumerGroupDescribeRequest, _ context: RequestContext,
        _ reply: Reply<ConsumerGroupDescribeResponse>
    ) {
        let home = context.eventLoop
        let isServed = node.servesConsumerGroups
        let showsOperations = request.includeAuthorizedOperations
        let answers = FanIn<GroupAnswer>(count: request.groupIds.count) { answers in
            var response = ConsumerGroupDescribeResponse()
            response.groups = answers
            reply.send(response)
        }
        for (index, groupID) in request.groupIds.enumerated() {
            let refuse = { @Sendable (error: ErrorCode) in
                home.runOrHop { answers.complete(index, .refusal(groupID, ApiError(error))) }
            }
            guard isServed else {
                refuse(.unsupportedVersion)
                continue
            }
            guard !groupID.isEmpty else {
                refuse(.invalidGroupId)
                continue
            }
            node.groups.perform(groupID) { coordinator, _ in
                var answer = coordinator.describeConsumerGroup(groupID)
                if showsOperations, answer.errorCode == .none {
                    answer.authorizedOperations = AuthorizedOperations.group
                }
                let final = answer
                home.runOrHop { answers.complete(index, final) }
            } orElse: { error in
                refuse(error)
            }
        }
    }
}
