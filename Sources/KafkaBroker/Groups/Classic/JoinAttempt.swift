import KafkaBase
import KafkaWire

/// A JoinGroup request under way.
struct JoinAttempt: Sendable {
    private static let maxReasonLength = 255
    /// From this version on a member joins twice: at first to be given an id (KIP-394).
    private static let firstVersionWithKnownID: Int16 = 4
    /// From this version on a leader can be told that there is nothing to assign (KIP-814).
    private static let firstVersionWithSkippedAssignment: Int16 = 9

    let request: JoinGroupRequest
    let client: GroupClient
    let version: Int16
    let reply: ClassicMember.JoinReply

    var needsKnownID: Bool { version >= JoinAttempt.firstVersionWithKnownID }
    var canSkipAssignment: Bool { version >= JoinAttempt.firstVersionWithSkippedAssignment }

    var terms: ClassicMember.Terms { ClassicMember.Terms(request, version: version) }

    var protocolNames: [String] { request.protocols.map(\.name) }

    /// What the client says why it joins.
    var reason: String {
        guard let reason = request.reason, !reason.isEmpty else { return "not provided" }
        return String(reason.prefix(JoinAttempt.maxReasonLength))
    }

    func refuse(_ error: ErrorCode, memberID: String? = nil) {
        reply(.refusal(error, memberID: memberID ?? request.memberId))
    }
}

extension JoinGroupResponse {
    static func refusal(_ error: ErrorCode, memberID: String = "") -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.errorCode = error
        response.memberId = memberID
        return response
    }

    /// What a member is told of the group's generation.
    init(_ group: ClassicGroup, memberID: String, showsMembers: Bool) {
        self.init()
        generationId = group.generation
        protocolType = group.protocolType
        protocolName = group.protocolName
        leader = group.leaderID ?? ""
        memberId = memberID
        guard showsMembers else { return }
        members = group.orderedMembers.map { member in
            var shown = JoinGroupResponseMember()
            shown.memberId = member.id
            shown.groupInstanceId = member.instanceID
            shown.metadata = member.metadata(for: group.protocolName) ?? shown.metadata
            return shown
        }
    }
}

extension SyncGroupResponse {
    static func refusal(_ error: ErrorCode) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        response.errorCode = error
        return response
    }

    /// A member's assignment.
    init(_ group: ClassicGroup, _ member: ClassicMember) {
        self.init()
        protocolType = group.protocolType
        protocolName = group.protocolName
        assignment = member.assignment
    }
}
