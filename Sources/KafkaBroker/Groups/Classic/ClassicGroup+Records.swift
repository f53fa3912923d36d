import KafkaBase
import KafkaWire
import NIOCore

/// How groups of the classic protocol stand in the log (Kafka's `GroupMetadataKey` and
/// `GroupMetadataValue`).
extension CoordinatorRecord {
    static let groupKeyType: Int16 = 2
    /// Kafka writes no later one as long as its brokers may be older.
    private static let groupVersion: Int16 = 3

    /// A group as it stands; nil in place of the value takes it away.
    ///
    /// - Throws: `INVALID_REQUEST` for names that no record can hold.
    static func group(
        _ id: String, _ value: GroupMetadataValue?
    ) throws(ApiError) -> CoordinatorRecord {
        var key = GroupMetadataKey()
        key.group = id
        do throws(WireError) {
            return try CoordinatorRecord(
                key, type: groupKeyType, value: value, version: groupVersion)
        } catch {
            throw ApiError(.invalidRequest, "the group cannot be stored: \(error)")
        }
    }
}

extension ClassicGroup {
    /// A group that nobody has joined yet: so it is there from its first request on.
    func newRecord() throws(ApiError) -> CoordinatorRecord {
        var value = GroupMetadataValue()
        value.protocol = nil
        value.leader = nil
        value.currentStateTimestamp = stateTimestampMs ?? -1
        return try .group(id, value)
    }

    /// The group with its members.
    ///
    /// - Parameter assignments: by member id; nil for those that the members have.
    func record(assignments: [String: ByteBuffer]? = nil) throws(ApiError) -> CoordinatorRecord {
        var value = GroupMetadataValue()
        value.protocolType = protocolType ?? ""
        value.generation = generation
        value.protocol = protocolName
        value.leader = leaderID
        value.currentStateTimestamp = stateTimestampMs ?? -1
        value.members = orderedMembers.map { member in
            var stored = GroupMetadataValue.MemberMetadata()
            stored.memberId = member.id
            stored.groupInstanceId = member.instanceID
            stored.clientId = member.client.id
            stored.clientHost = member.client.host
            stored.rebalanceTimeout = member.terms.rebalanceTimeoutMs
            stored.sessionTimeout = member.terms.sessionTimeoutMs
            stored.subscription = member.metadata(for: protocolName) ?? ByteBuffer()
            stored.assignment =
                assignments.map { $0[member.id] ?? ByteBuffer() } ?? member.assignment
            return stored
        }
        return try .group(id, value)
    }
}
