import KafkaBase
import KafkaSecurity
import KafkaWire

/// Heartbeat: keeps a member's session, and tells it of a rebalance.
///
/// - While groups are being loaded, every member's session is fine.
struct HeartbeatHandler: ApiHandler {
    typealias Request = HeartbeatRequest
    static let servedVersions: ClosedRange<Int16> = 0...4

    let node: BrokerNode

    func handle(
        _ request: HeartbeatRequest, _ context: RequestContext, _ reply: Reply<HeartbeatResponse>
    ) {
        node.groups.answer(request.groupId, for: .read, context, reply) { error in
            answer(error == .coordinatorLoadInProgress ? .none : error)
        } work: { coordinator, send in
            send(answer(coordinator.heartbeat(request)))
        }
    }

    private func answer(_ error: ErrorCode) -> HeartbeatResponse {
        var response = HeartbeatResponse()
        response.errorCode = error
        return response
    }
}
