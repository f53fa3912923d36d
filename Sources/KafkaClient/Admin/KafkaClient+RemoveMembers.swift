internal import KafkaBase
internal import KafkaWire

extension KafkaClient {
    /// Which member of a classic group is to leave it.
    public enum GroupMemberIdentity: Hashable, Sendable {
        case memberID(String)
        /// A static member (KIP-345).
        case instanceID(String)

        var text: String {
            switch self {
            case .memberID(let id), .instanceID(let id): id
            }
        }
    }

    /// Makes members of a classic group leave it; needs LeaveGroup from version 3 (KIP-345).
    ///
    /// - Parameter reason: stands in the broker's log, where it is new enough.
    /// - Returns: for each member why it did not leave, nil where it did.
    /// - Throws: why the whole was refused.
    public func removeMembers(
        _ members: [GroupMemberIdentity], ofGroup id: String, reason: String? = nil
    ) async throws(KafkaError) -> [GroupMemberIdentity: KafkaError?] {
        let response = try await sendToCoordinator(of: .group(id)) {
            version throws(KafkaError) -> LeaveGroupRequest in
            guard version >= 3 else {
                throw KafkaError(.unsupported, "the broker is too old to remove members")
            }
            var request = LeaveGroupRequest()
            request.groupId = id
            request.members = members.map { member in
                var entry = LeaveGroupRequest.MemberIdentity()
                switch member {
                case .memberID(let memberID): entry.memberId = memberID
                case .instanceID(let instanceID): entry.groupInstanceId = instanceID
                }
                entry.reason = reason
                return entry
            }
            return request
        } errorCode: {
            $0.errorCode
        }
        if response.errorCode != .none {
            throw .ofGroup(id, response.errorCode, "remove members of")
        }
        var results: [GroupMemberIdentity: KafkaError?] = [:]
        for member in members {
            let answer = response.members.first { answer in
                switch member {
                case .memberID(let memberID): answer.memberId == memberID
                case .instanceID(let instanceID): answer.groupInstanceId == instanceID
                }
            }
            let what = "remove member \(member.text) of group \(id)"
            results[member] = .some(
                answer.map { $0.errorCode == .none ? nil : KafkaError($0.errorCode, what) }
                    ?? .noAnswer(what))
        }
        return results
    }
}
