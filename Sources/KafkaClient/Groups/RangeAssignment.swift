internal import KafkaBase

/// The shares of `Assignor.range`: each topic's partitions in ranges, a range for each subscriber,
/// the same ones for topics with the same subscribers and as many partitions.
///
/// Members that say where they are get partitions with a replica in their rack first, as far as
/// nobody's share becomes larger by that, and as far as topics that are cut alike stay so (KIP-881;
/// Java's `RangeAssignor`). A value for one assignment, made by the group's leader; bounded by the
/// partitions times, where racks differ, the members.
struct RangeAssignment {
    private let members: [AssignorMember]
    private var topics: [Topic] = []

    /// - Parameters:
    ///   - racks: of the replicas, by partition; a topic without is read alike from everywhere.
    ///   - members: in their order.
    static func shares(
        _ partitionCounts: [String: Int], racks: [String: [Set<String>]] = [:],
        _ members: [AssignorMember]
    ) -> [String: [TopicPartition]] {
        var assignment = RangeAssignment(partitionCounts, racks, members)
        assignment.matchRacks()
        for index in assignment.topics.indices { assignment.topics[index].giveTheRest() }
        return assignment.shares
    }

    private init(
        _ partitionCounts: [String: Int], _ racks: [String: [Set<String>]],
        _ members: [AssignorMember]
    ) {
        self.members = members
        for (name, count) in partitionCounts where count > 0 {
            let subscribers = members.indices.filter { members[$0].topics.contains(name) }
            guard !subscribers.isEmpty else { continue }
            topics.append(
                Topic(
                    name, partitionCount: count, racks: racks[name] ?? [],
                    subscribers.map { .init(member: $0, rack: members[$0].rack) }))
        }
    }

    private mutating func matchRacks() {
        guard topics.contains(where: \.hasNearAndFar) else { return }
        struct Likeness: Hashable {
            var subscribers: [Int]
            var partitionCount: Int
        }
        let alike = Dictionary(grouping: topics.indices) { index in
            Likeness(
                subscribers: topics[index].subscribers.map(\.member),
                partitionCount: topics[index].owners.count)
        }
        for group in alike.values {
            if group.count > 1 {
                matchRacks(alike: group)
            } else if topics[group[0]].hasNearAndFar {
                topics[group[0]].giveNear()
            }
        }
    }

    /// A partition number goes to a member that is near to it in all of the topics.
    private mutating func matchRacks(alike group: [Int]) {
        let first = topics[group[0]]
        var remaining = Array(first.subscribers.indices)
        for partition in first.owners.indices {
            let taker = remaining.firstIndex { subscriber in
                group.allSatisfy { index in
                    topics[index].room(of: subscriber) > 0
                        && topics[index].isNear(partition, to: subscriber)
                }
            }
            guard let taker else { continue }
            let subscriber = remaining[taker]
            for index in group { topics[index].give(partition, to: subscriber) }
            if group.allSatisfy({ topics[$0].room(of: subscriber) == 0 }) {
                remaining.remove(at: taker)
            }
        }
    }

    private var shares: [String: [TopicPartition]] {
        var shares: [String: [TopicPartition]] = [:]
        for topic in topics {
            for (partition, owner) in topic.owners.enumerated() {
                guard let owner else { continue }
                let member = members[topic.subscribers[owner].member]
                shares[member.id, default: []].append(
                    TopicPartition(topic: topic.name, partition: Int32(partition)))
            }
        }
        return shares
    }
}

/// A topic that is being shared out in ranges.
private struct Topic {
    struct Subscriber {
        var member: Int
        var rack: String?
        var count = 0
    }

    let name: String
    private let racks: [Set<String>]
    private(set) var subscribers: [Subscriber]
    /// By partition, as indices of `subscribers`.
    private(set) var owners: [Int?]
    /// What each has at least.
    private let quota: Int
    /// How many may still have one more.
    private var extraCount: Int

    init(
        _ name: String, partitionCount: Int, racks: [Set<String>], _ subscribers: [Subscriber]
    ) {
        self.name = name
        self.racks = racks
        self.subscribers = subscribers
        owners = Array(repeating: nil, count: partitionCount)
        (quota, extraCount) = partitionCount.quotientAndRemainder(dividingBy: subscribers.count)
    }

    /// Whether it makes a difference to some subscriber which partitions it has.
    var hasNearAndFar: Bool {
        let all = racks.reduce(into: Set<String>()) { $0.formUnion($1) }
        guard subscribers.contains(where: { $0.rack.map(all.contains) ?? false }) else {
            return false
        }
        return !racks.allSatisfy { $0 == all }
    }

    /// How many more a subscriber may have.
    func room(of subscriber: Int) -> Int {
        max(0, quota + (extraCount > 0 ? 1 : 0) - subscribers[subscriber].count)
    }

    /// Who does not say where it is is near to everything.
    func isNear(_ partition: Int, to subscriber: Int) -> Bool {
        guard let rack = subscribers[subscriber].rack else { return true }
        return racks.indices.contains(partition) && racks[partition].contains(rack)
    }

    mutating func give(_ partition: Int, to subscriber: Int) {
        owners[partition] = subscriber
        subscribers[subscriber].count += 1
        if subscribers[subscriber].count == quota + 1 { extraCount -= 1 }
    }

    /// To each what is near, in order, up to its share.
    mutating func giveNear() {
        for subscriber in subscribers.indices {
            for partition in owners.indices where owners[partition] == nil {
                guard room(of: subscriber) > 0 else { break }
                if isNear(partition, to: subscriber) { give(partition, to: subscriber) }
            }
        }
    }

    /// To each the next that nobody has, up to its share.
    mutating func giveTheRest() {
        var next = 0
        for subscriber in subscribers.indices {
            var room = room(of: subscriber)
            while room > 0, next < owners.count {
                if owners[next] == nil {
                    give(next, to: subscriber)
                    room -= 1
                }
                next += 1
            }
        }
    }
}
