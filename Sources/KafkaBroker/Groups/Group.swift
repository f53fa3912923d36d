import KafkaBase

/// A group of any kind, as its offsets and the APIs for administrators see it: what the kinds have
/// in common.
///
/// Confined to its coordinator's event loop.
protocol Group: AnyObject {
    var id: String { get }
    var kind: GroupKind { get }
    /// As ListGroups and DescribeGroups show it.
    var stateName: String { get }
    /// Empty when there is none yet.
    var protocolTypeName: String { get }
    /// Whether it has no members; then it may go when its offsets have.
    var isEmpty: Bool { get }

    /// Whether a member may commit offsets.
    ///
    /// - Throws: what the request is answered with.
    func checkCommit(_ committer: OffsetCommitter) throws(ApiError)

    /// Whether offsets may be read; members of some kinds prove who they are.
    func checkFetch(memberID: String?, memberEpoch: Int32) throws(ApiError)

    /// Whether offsets of topics that nobody subscribes to may be deleted.
    func checkOffsetDeletion() throws(ApiError)

    /// Whether the whole group may be deleted.
    func checkDeletion() throws(ApiError)

    /// Whether a member is subscribed to the topic, so that its offsets stay.
    func isSubscribed(to topic: String) -> Bool

    /// From when the time is counted after which offsets expire; nil while none may.
    var offsetRetention: OffsetRetention? { get }

    /// What removes the group from the log.
    func tombstones() throws(ApiError) -> [CoordinatorRecord]
}

/// Which protocol a group's members speak.
enum GroupKind: String, Sendable, CaseIterable {
    case classic
    case consumer
    case share
    case streams

    /// As ListGroups shows it.
    var name: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// Who commits offsets, as the request says.
struct OffsetCommitter: Sendable {
    /// Empty for none.
    var memberID: String
    var instanceID: String?
    /// -1 for none; of a consumer group, the member's epoch.
    var generation: Int32
    var isTransactional: Bool
    /// Of OffsetCommit or TxnOffsetCommit.
    var version: Int16
}
