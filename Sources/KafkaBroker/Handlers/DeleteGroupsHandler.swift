import KafkaBase
import KafkaSecurity
import KafkaWire

/// DeleteGroups: takes empty groups and their offsets away, each by itself.
struct DeleteGroupsHandler: ApiHandler {
    typealias Request = DeleteGroupsRequest
    typealias GroupAnswer = DeleteGroupsResponse.DeletableGroupResult
    static let servedVersions: ClosedRange<Int16> = 0...2

    let node: BrokerNode

    func handle(
        _ request: DeleteGroupsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteGroupsResponse>
    ) {
        let home = context.eventLoop
        var seen: Set<String> = []
        let names = request.groupsNames.filter { seen.insert($0).inserted }
        let answers = FanIn<GroupAnswer>(count: names.count) { answers in
            var response = DeleteGroupsResponse()
            response.results = answers
            reply.send(response)
        }
        for (index, name) in names.enumerated() {
            let complete = { @Sendable (error: ErrorCode) in
                home.runOrHop {
                    var answer = GroupAnswer()
                    answer.groupId = name
                    answer.errorCode = error
                    answers.complete(index, answer)
                }
            }
            if let refusal = context.refusal(of: .delete, .group(name)) {
                complete(refusal.code)
                continue
            }
            node.groups.perform(name) { coordinator, _ in
                coordinator.delete(name, reply: complete)
            } orElse: {
                complete($0)
            }
        }
    }
}
