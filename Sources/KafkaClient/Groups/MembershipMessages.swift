internal import KafkaBase
internal import KafkaWire

/// What a member asks the coordinator.
enum MembershipRequest: Sendable {
    case join(JoinGroupRequest)
    case sync(SyncGroupRequest)
    case heartbeat(HeartbeatRequest)
    /// The heartbeat of KIP-848, which joins, reports and leaves, too.
    case consumerHeartbeat(ConsumerGroupHeartbeatRequest)
    /// By member id.
    case leave(String)
}

/// What the coordinator answers.
enum MembershipResponse: Sendable {
    case join(JoinGroupResponse)
    case sync(SyncGroupResponse)
    case heartbeat(HeartbeatResponse)
    case consumerHeartbeat(ConsumerGroupHeartbeatResponse)
}

/// What an answer means for the search for the coordinator and for the next request.
enum MembershipVerdict {
    case fine
    /// The same again, after a pause.
    case retry(KafkaError?)
    /// The coordinator is another one, or not ready.
    case elsewhere(KafkaError)
    case fatal(KafkaError)

    /// Of a code that has no meaning of its own to the protocol.
    init(_ code: ErrorCode, _ group: String, detail: String? = nil) {
        let error = KafkaError(code, "group \(group)", detail: detail)
        switch code {
        case .notCoordinator, .coordinatorNotAvailable: self = .elsewhere(error)
        case _ where code.isRetriable: self = .retry(error)
        default: self = .fatal(error)
        }
    }
}

/// What both protocols of a member work on.
struct MembershipContext {
    let configuration: GroupConfiguration
    var ownership = Ownership()
    var topics: SubscribedTopics
}
