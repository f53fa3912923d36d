import KafkaBase
import KafkaSecurity
import KafkaWire

/// LeaveGroup: ends memberships of a group of the classic protocol.
///
/// - Version 3 and above name several members, each with an error of its own; administrators name
///   static ones by their instance ids.
struct LeaveGroupHandler: ApiHandler {
    typealias Request = LeaveGroupRequest
    static let servedVersions: ClosedRange<Int16> = 0...5
    private static let firstVersionWithMembers: Int16 = 3

    let node: BrokerNode

    func handle(
        _ request: LeaveGroupRequest, _ context: RequestContext, _ reply: Reply<LeaveGroupResponse>
    ) {
        let namesMembers = context.version >= LeaveGroupHandler.firstVersionWithMembers
        let members = namesMembers ? request.members : [soleMember(request)]
        node.groups.answer(request.groupId, for: .read, context, reply) { error in
            var response = LeaveGroupResponse()
            response.errorCode = error
            return response
        } work: { coordinator, send in
            coordinator.leave(request.groupId, members) { response in
                send(namesMembers ? response : withoutMembers(response))
            }
        }
    }

    private func soleMember(_ request: LeaveGroupRequest) -> LeaveGroupRequest.MemberIdentity {
        var member = LeaveGroupRequest.MemberIdentity()
        member.memberId = request.memberId
        return member
    }

    private func withoutMembers(_ response: LeaveGroupResponse) -> LeaveGroupResponse {
        var sole = LeaveGroupResponse()
        sole.errorCode =
            response.errorCode == .none
            ? response.members.first?.errorCode ?? .none : response.errorCode
        return sole
    }
}
