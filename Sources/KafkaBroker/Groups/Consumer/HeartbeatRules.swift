import KafkaBase
import KafkaWire

/// What a ConsumerGroupHeartbeat must look like (Kafka's
/// `throwIfConsumerGroupHeartbeatRequestIsInvalid`). Pure.
enum HeartbeatRules {
    /// From which the client gives the member's id (KIP-1082).
    static let clientGivesMemberID: Int16 = 1

    static func check(
        _ request: ConsumerGroupHeartbeatRequest, apiVersion: Int16, assignors: [ServerAssignor]
    ) throws(ApiError) {
        typealias Epoch = ConsumerGroupMember.Epoch
        let isFirst = request.memberEpoch == Epoch.join
        if apiVersion >= clientGivesMemberID || !isFirst {
            try checkNotBlank(request.memberId, "MemberId can't be empty.")
        }
        try checkNotBlank(request.groupId, "GroupId can't be empty.")
        try checkNotBlank(request.instanceId, "InstanceId can't be empty.")
        try checkNotBlank(request.rackId, "RackId can't be empty.")
        if isFirst {
            try checkFirst(request)
        } else if request.memberEpoch == Epoch.leaveForNow, request.instanceId == nil {
            throw invalid("InstanceId can't be null.")
        } else if request.memberEpoch < Epoch.leaveForNow {
            throw invalid("MemberEpoch is invalid.")
        }
        if let name = request.serverAssignor, !assignors.contains(where: { $0.rawValue == name }) {
            let supported = assignors.map(\.rawValue).joined(separator: ", ")
            throw ApiError(
                .unsupportedAssignor,
                "ServerAssignor \(name) is not supported. Supported assignors: \(supported).")
        }
    }

    private static func checkFirst(
        _ request: ConsumerGroupHeartbeatRequest
    ) throws(ApiError) {
        if request.rebalanceTimeoutMs == -1 {
            throw invalid("RebalanceTimeoutMs must be provided in first request.")
        }
        if request.topicPartitions?.isEmpty != true {
            throw invalid("TopicPartitions must be empty when (re-)joining.")
        }
        // Empty ones are well: a member that reads nothing yet.
        if request.subscribedTopicNames == nil, request.subscribedTopicRegex == nil {
            throw invalid(
                "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when "
                    + "(re-)joining.")
        }
    }

    private static func checkNotBlank(_ text: String?, _ message: String) throws(ApiError) {
        if text?.allSatisfy(\.isWhitespace) == true { throw invalid(message) }
    }

    private static func invalid(_ message: String) -> ApiError {
        ApiError(.invalidRequest, message)
    }
}
