import KafkaBase
import KafkaSecurity
import KafkaWire

/// ListGroups: all groups there are, of every kind, for who may describe the cluster; else those
/// that the client may describe.
///
/// - Version 4 and above can ask for states (KIP-518), 5 and above for kinds (KIP-848); their names
///   may be written in small letters or large ones.
struct ListGroupsHandler: ApiHandler {
    typealias Request = ListGroupsRequest
    typealias Answer = Result<[ListGroupsResponse.ListedGroup], ApiError>
    static let servedVersions: ClosedRange<Int16> = 0...5

    let node: BrokerNode

    func handle(
        _ request: ListGroupsRequest, _ context: RequestContext, _ reply: Reply<ListGroupsResponse>
    ) {
        let home = context.eventLoop
        let states = Set(request.statesFilter.map { $0.lowercased() })
        let types = Set(request.typesFilter.map { $0.lowercased() })
        let shards = node.groups.all
        let answers = FanIn<Answer>(count: shards.count) { answers in
            var response = response(answers)
            if !context.shows(.describe, .cluster) {
                response.groups.removeAll { !context.shows(.describe, .group($0.groupId)) }
            }
            reply.send(response)
        }
        for (index, shard) in shards.enumerated() {
            shard.perform { coordinator, _ in
                let listed = coordinator.list(states: states, types: types)
                home.runOrHop { answers.complete(index, .success(listed)) }
            } orElse: { error in
                home.runOrHop { answers.complete(index, .failure(ApiError(error))) }
            }
        }
    }

    /// One coordinator that cannot tell yet makes the whole list an error; one that has ended has
    /// no groups.
    private func response(_ answers: [Answer]) -> ListGroupsResponse {
        var response = ListGroupsResponse()
        for answer in answers {
            switch answer {
            case .success(let groups): response.groups += groups
            case .failure(let error) where error.code == .notCoordinator: continue
            case .failure(let error): response.errorCode = error.code
            }
        }
        if response.errorCode != .none { response.groups = [] }
        return response
    }
}
