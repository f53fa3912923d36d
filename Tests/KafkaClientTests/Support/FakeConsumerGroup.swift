import KafkaBase
import KafkaWire

@testable import KafkaClient

/// A coordinator of one group under KIP-848, for simulations: a target by range, and no partition
/// for a member that another has not said to have given up.
struct FakeConsumerGroup: FakeGroup {
    private struct Member {
        var epoch: Int32
        var names: Set<String> = []
        /// What it was told that it may have, and what it says that it has.
        var assigned: Set<TopicPartition> = []
        var owned: Set<TopicPartition> = []
        /// What it was told to give up and has not said to be without: it may have begun to use
        /// what it was told of before it heard that (Kafka's `partitionsPendingRevocation`).
        var revoking: Set<TopicPartition> = []
        var deadline: Int
    }

    static let sessionMs = 3000
    static let intervalMs = 500

    var replies: [(request: Int, response: MembershipResponse)] = []
    var counts: [String: Int]
    private let ids: [String: Uuid]
    private var members: [String: Member] = [:]
    private var epoch: Int32 = 0
    private var target: [String: Set<TopicPartition>] = [:]

    init(_ counts: [String: Int], ids: [String: Uuid]) {
        self.counts = counts
        self.ids = ids
    }

    var isStable: Bool {
        members.allSatisfy { id, member in
            member.epoch == epoch && member.assigned == target[id] ?? []
                && member.owned == member.assigned && member.revoking.isEmpty
        }
    }

    func accepts(_ member: ConsumerGroupMetadata) -> Bool {
        members[member.memberID]?.epoch == member.generation
    }

    mutating func handle(_ request: MembershipRequest, number: Int, now: Int) {
        guard case .consumerHeartbeat(let request) = request else { return }
        var response = ConsumerGroupHeartbeatResponse()
        response.heartbeatIntervalMs = Int32(FakeConsumerGroup.intervalMs)
        let id = request.memberId
        if request.memberEpoch < 0 {
            members[id] = nil
            rebalance()
            return
        }
        if request.memberEpoch == 0 {
            members[id] = Member(epoch: 0, deadline: 0)
        }
        guard var member = members[id] else {
            response.errorCode = .unknownMemberId
            replies.append((number, .consumerHeartbeat(response)))
            return
        }
        // A member may have missed the answer that brought the last epoch.
        guard request.memberEpoch == 0 || request.memberEpoch <= member.epoch else {
            response.errorCode = .fencedMemberEpoch
            replies.append((number, .consumerHeartbeat(response)))
            return
        }
        member.deadline = now + FakeConsumerGroup.sessionMs
        if let partitions = request.topicPartitions {
            member.owned = named(partitions)
        }
        let before = member.names
        if let names = request.subscribedTopicNames { member.names = Set(names) }
        members[id] = member
        if member.names != before || request.memberEpoch == 0 { rebalance() }
        let assigned = reconcile(id, isOwnedTold: request.topicPartitions != nil)
        response.memberId = id
        response.memberEpoch = members[id]?.epoch ?? 0
        if assigned || request.topicPartitions != nil || request.memberEpoch != member.epoch {
            var assignment = ConsumerGroupHeartbeatResponse.Assignment()
            let partitions = members[id]?.assigned ?? []
            assignment.topicPartitions = Dictionary(grouping: partitions, by: \.topic).map {
                var entry = ConsumerGroupHeartbeatResponse.TopicPartitions()
                entry.topicId = ids[$0] ?? .zero
                entry.partitions = $1.map(\.partition)
                return entry
            }
            response.assignment = assignment
        }
        replies.append((number, .consumerHeartbeat(response)))
    }

    private func named(
        _ partitions: [ConsumerGroupHeartbeatRequest.TopicPartitions]
    ) -> Set<TopicPartition> {
        var result: Set<TopicPartition> = []
        for entry in partitions {
            guard let name = ids.first(where: { $0.value == entry.topicId })?.key else { continue }
            for number in entry.partitions {
                result.insert(TopicPartition(topic: name, partition: number))
            }
        }
        return result
    }

    private mutating func rebalance() {
        epoch += 1
        let shares = Assignor.range.assign(
            counts, to: members.map { AssignorMember(id: $0.key, topics: $0.value.names) })
        target = shares.mapValues { Set($0) }
    }

    /// Brings a member nearer to its target: first it gives up, then it gets what is free.
    ///
    /// - Returns: whether its assignment changed.
    private mutating func reconcile(_ id: String, isOwnedTold: Bool) -> Bool {
        guard var member = members[id] else { return false }
        let target = target[id] ?? []
        let before = member.assigned
        let surplus = member.owned.union(member.assigned).subtracting(target)
        member.assigned.subtract(surplus)
        member.revoking.formUnion(surplus)
        if isOwnedTold, member.owned.isDisjoint(with: member.revoking) { member.revoking = [] }
        if member.revoking.isEmpty {
            var others: Set<TopicPartition> = []
            for (other, member) in members where other != id {
                others.formUnion(member.owned)
                others.formUnion(member.assigned)
                others.formUnion(member.revoking)
            }
            member.assigned = target.subtracting(others)
            member.epoch = epoch
        }
        if member.epoch == 0 { member.epoch = epoch }
        members[id] = member
        return member.assigned != before
    }

    mutating func tick(now: Int) {
        let late = members.filter { $0.value.deadline <= now }.keys
        for id in late { members[id] = nil }
        if !late.isEmpty { rebalance() }
    }
}
