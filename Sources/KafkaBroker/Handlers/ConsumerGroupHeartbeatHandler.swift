import KafkaBase
import KafkaSecurity
import KafkaTransport
import KafkaWire
import NIOCore

/// ConsumerGroupHeartbeat: joins a consumer group, stays in it, leaves it (KIP-848).
///
/// - Version 1 and above have regular expressions, and ids of members that clients give.
/// - Topics that the client may not describe are refused by name; expressions do not match them.
/// - An answer with news is held for `group.coordinator.append.linger.ms`, as long as Kafka
///   collects writes: librdkafka loses a change of its subscription when the answer to it comes
///   before it has noted that it asked.
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
        // The group itself comes first.
        if context.shows(.read, .group(request.groupId)),
            let refusal = refusalOfTopics(request, context)
        {
            return reply.send(.refusal(refusal))
        }
        let version = context.version
        let client = GroupClient(context)
        let view = TopicView(context)
        let eventLoop = context.scope.eventLoop
        let lingerMs = node.groupAppendLingerMs
        node.groups.answer(request.groupId, for: .read, context, reply) { error in
            .refusal(ApiError(error))
        } work: { coordinator, send in
            coordinator.heartbeat(
                request, from: client, view: view, version: version
            ) { response in
                guard lingerMs > 0, response.tellsNews(to: request) else { return send(response) }
                eventLoop.scheduleTask(in: .milliseconds(lingerMs)) { send(response) }
            }
        }
    }

    private func refusalOfTopics(
        _ request: ConsumerGroupHeartbeatRequest, _ context: RequestContext
    ) -> ApiError? {
        for name in request.subscribedTopicNames ?? [] {
            if let refusal = context.refusal(of: .describe, .topic(name)) { return refusal }
        }
        return nil
    }
}

extension ConsumerGroupHeartbeatResponse {
    fileprivate func tellsNews(to request: ConsumerGroupHeartbeatRequest) -> Bool {
        assignment != nil || memberEpoch != request.memberEpoch
    }
}

extension BrokerNode {
    fileprivate var groupAppendLingerMs: Int64 {
        settings.value(of: "group.coordinator.append.linger.ms").flatMap(Int64.init) ?? 0
    }

    /// Whether there are groups of the protocol of KIP-848.
    var servesConsumerGroups: Bool {
        let protocols = settings.value(of: "group.coordinator.rebalance.protocols") ?? ""
        return features.level(of: .groupVersion) > 0
            && SettingDefinition.elements(of: protocols).contains(GroupKind.consumer.rawValue)
    }
}
