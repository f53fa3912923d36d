import KafkaBase
import KafkaSecurity
import KafkaWire

/// JoinGroup: becomes a member of a group of the classic protocol, and learns of its generation.
///
/// - Version 0 has no rebalance timeout, 4 and above join twice for a member id (KIP-394), 5 and
///   above have static members (KIP-345), 9 can tell a leader to skip the assignment (KIP-814).
/// - An unknown protocol is an empty name up to version 6, null from version 7 on.
struct JoinGroupHandler: ApiHandler {
    typealias Request = JoinGroupRequest
    static let servedVersions: ClosedRange<Int16> = 0...9
    private static let firstVersionWithNullName: Int16 = 7

    let node: BrokerNode

    func handle(
        _ request: JoinGroupRequest, _ context: RequestContext, _ reply: Reply<JoinGroupResponse>
    ) {
        let version = context.version
        let client = GroupClient(context)
        node.groups.answer(request.groupId, for: .read, context, reply) { error in
            form(.refusal(error, memberID: request.memberId), version)
        } work: { coordinator, send in
            coordinator.join(
                JoinAttempt(request: request, client: client, version: version) { response in
                    send(form(response, version))
                })
        }
    }

    private func form(_ response: JoinGroupResponse, _ version: Int16) -> JoinGroupResponse {
        var response = response
        if version < JoinGroupHandler.firstVersionWithNullName {
            response.protocolName = response.protocolName ?? ""
        } else if response.protocolName?.isEmpty == true {
            response.protocolName = nil
        }
        return response
    }
}
