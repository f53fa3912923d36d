import KafkaBase
import KafkaWire

/// ConsumerGroupHeartbeat: joins a consumer group, stays in it, leaves it (KIP-848).
///
/// - Version 1 and above have regular expressions, and ids of members that clients give.
/// - Below level 1 of `group.version` there are no such groups.
struct ConsumerGroupHeartbeatHandler: ApiHandler {
    typealias Request = ConsumerGroupHeartbeatRequest
    static let servedVersions: ClosedRange<Int16> = 0...1

    let node: BrokerNode

    func handle(
        _ request: ConsumerGroupHeartbeatRequest, _ context: RequestContext,
        _ reply: Reply<ConsumerGroupHeartbeatResponse>
    ) {
        guard node.servesConsumerGroups else {
            return reply.send(.refusal(ApiError(.unsupportedVersion)))
        }
        let version = context.version
        let client = GroupClient(context)
        node.groups.answer(request.groupId, context, reply) { error in
            .refusal(ApiError(error))
        } work: { coordinator, send in
            coordinator.heartbeat(request, from: client, version: version, reply: send)
        }
    }
}

extension BrokerNode {
    /// Whether there are groups of the protocol of KIP-848.
    var servesConsumerGroups: Bool {
        let protocols = settings.value(of: "group.coordinator.rebalance.protocols") ?? ""
        return features.level(of: .groupVersion) > 0
            && SettingDefinition.elements(of: protocols).contains(GroupKind.consumer.rawValue)
    }
}
