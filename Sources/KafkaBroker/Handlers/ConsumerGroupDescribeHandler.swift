import KafkaBase
import KafkaSecurity
import KafkaWire

/// ConsumerGroupDescribe: state, members and assignments of consumer groups (KIP-848).
///
/// - A group with a member of topics that the client may not describe is refused.
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
        let groupIDs = request.groupIds.once { $0 }
        let answers = FanIn<GroupAnswer>(count: groupIDs.count) { answers in
            var response = ConsumerGroupDescribeResponse()
            response.groups = answers
            reply.send(response)
        }
        for (index, groupID) in groupIDs.enumerated() {
            let refuse = { @Sendable (error: ErrorCode) in
                home.runOrHop { answers.complete(index, .refusal(groupID, ApiError(error))) }
            }
            if let error = context.refusal(of: .describe, .group(groupID)) {
                refuse(error.code)
                continue
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
                    answer.authorizedOperations = context.authorizedOperations(
                        on: .group(groupID))
                }
                if !answer.topicNames.allSatisfy({ context.shows(.describe, .topic($0)) }) {
                    answer = .refusal(
                        groupID,
                        ApiError(
                            .topicAuthorizationFailed,
                            "The group has described topic(s) that the client is not authorized "
                                + "to describe."))
                }
                let final = answer
                home.runOrHop { answers.complete(index, final) }
            } orElse: { error in
                refuse(error)
            }
        }
    }
}

extension ConsumerGroupDescribeResponse.DescribedGroup {
    /// Of all members, also of those that they are to have.
    fileprivate var topicNames: Set<String> {
        Set(
            members.flatMap { member in
                member.subscribedTopicNames
                    + (member.assignment.topicPartitions + member.targetAssignment.topicPartitions)
                    .map(\.topicName)
            })
    }
}
