import KafkaBase
import KafkaSecurity
import KafkaWire

/// SyncGroup: the leader hands in the assignment of a generation, and every member gets its own.
///
/// - Version 5 and above must name the protocol (KIP-559).
struct SyncGroupHandler: ApiHandler {
    typealias Request = SyncGroupRequest
    static let servedVersions: ClosedRange<Int16> = 0...5

    let node: BrokerNode

    func handle(
        _ request: SyncGroupRequest, _ context: RequestContext, _ reply: Reply<SyncGroupResponse>
    ) {
        let version = context.version
        node.groups.answer(request.groupId, for: .read, context, reply) {
            .refusal($0)
        } work: { coordinator, send in
            coordinator.sync(request, version: version, reply: send)
        }
    }
}
