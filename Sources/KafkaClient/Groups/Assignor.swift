internal import KafkaBase

/// How the leader of a classic group shares the partitions among the members. The names are those
/// of Kafka's Java client and librdkafka, so that members of all three can be in one group.
public enum Assignor: String, Sendable, CaseIterable {
    /// Each topic's partitions in ranges, a range for each member, near to it where racks are
    /// known (KIP-881; Java's `RangeAssignor`).
    case range
    /// All partitions in turn (Java's `RoundRobinAssignor`).
    case roundRobin = "roundrobin"
    /// As even as can be while members get again what they had; all pause while the group
    /// rebalances (KIP-54; Java's `StickyAssignor`).
    case sticky
    /// As even as can be while members keep what they have; a partition that moves is first given
    /// up by its owner, and nothing else pauses (KIP-429; Java's `CooperativeStickyAssignor`).
    case cooperativeSticky = "cooperative-sticky"

    /// Whether members keep their partitions during a rebalance.
    var isCooperative: Bool { self == .cooperativeSticky }

    /// Shares partitions.
    ///
    /// - Parameters:
    ///   - partitionCounts: of the topics that there are; others are left out.
    ///   - racks: of the partitions' replicas, where brokers tell.
    /// - Returns: for each member its partitions, in order.
    func assign(
        _ partitionCounts: [String: Int], racks: [String: [Set<String>]] = [:],
        to members: [AssignorMember]
    ) -> [String: [TopicPartition]] {
        let members = members.sorted()
        var shares =
            switch self {
            case .range: RangeAssignment.shares(partitionCounts, racks: racks, members)
            case .roundRobin: RoundRobinAssignment.shares(partitionCounts, members)
            case .sticky: StickyAssignment.shares(partitionCounts, members, movesAtOnce: true)
            case .cooperativeSticky: StickyAssignment.shares(partitionCounts, members)
            }
        for member in members { shares[member.id, default: []].sort() }
        return shares
    }
}

/// What the leader of a group knows of a member.
struct AssignorMember: Equatable, Sendable {
    var id: String
    /// Of a static member.
    var instanceID: String?
    /// Where it is (KIP-881); nil when it does not say.
    var rack: String?
    var topics: Set<String>
    /// What the member says that it has.
    var owned: Set<TopicPartition> = []
    /// In which it was given that; -1 when it does not say.
    var generation: Int32 = -1
}

extension AssignorMember: Comparable {
    /// Static members stand first, so that their share stays the same when they come back with
    /// another member id (KIP-345; Java's `MemberInfo`).
    static func < (left: AssignorMember, right: AssignorMember) -> Bool {
        switch (left.instanceID, right.instanceID) {
        case (let left?, let right?) where left != right: left < right
        case (_?, nil): true
        case (nil, _?): false
        default: left.id < right.id
        }
    }
}

enum RoundRobinAssignment {
    /// - Parameter members: in their order.
    static func shares(
        _ partitionCounts: [String: Int], _ members: [AssignorMember]
    ) -> [String: [TopicPartition]] {
        var shares: [String: [TopicPartition]] = [:]
        var turn = 0
        for (topic, count) in partitionCounts.sorted(by: { $0.key < $1.key })
        where members.contains(where: { $0.topics.contains(topic) }) {
            for partition in 0..<Int32(count) {
                while !members[turn].topics.contains(topic) { turn = (turn + 1) % members.count }
                shares[members[turn].id, default: []].append(
                    TopicPartition(topic: topic, partition: partition))
                turn = (turn + 1) % members.count
            }
        }
        return shares
    }
}
