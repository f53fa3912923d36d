import KafkaBase

/// Works out who of different subscribers gets what (after Kafka's
/// `UniformHeterogeneousAssignmentBuilder`).
///
/// Every move of a partition brings two members' loads nearer to each other, so that levelling
/// comes to an end; `maxRounds` bounds it besides.
struct SubscriberBalance {
    private static let maxRounds = 16

    private struct Topic {
        var id: Uuid
        /// By number, the index of the owner; nil for a partition that is free.
        var owners: [Int?]
        /// Indices of members.
        var subscribers: [Int]
    }

    private var topics: [Topic]
    /// Partitions that each member has.
    private var loads: [Int]

    init(_ spec: AssignmentSpec) {
        var subscribers: [Uuid: [Int]] = [:]
        for (index, member) in spec.members.enumerated() {
            for topic in member.topics { subscribers[topic, default: []].append(index) }
        }
        let kept = spec.kept()
        loads = kept.map(\.count)
        topics = subscribers.compactMap { id, subscribers in
            guard let count = spec.partitionCounts[id] else { return nil }
            var owners: [Int?] = Array(repeating: nil, count: Int(count))
            for index in subscribers {
                for partition in kept[index][id] { owners[Int(partition)] = index }
            }
            return Topic(id: id, owners: owners, subscribers: subscribers)
        }
        topics.sort { SubscriberBalance.isBefore($0, $1) }
    }

    /// Topics with most partitions for each of their subscribers come first, then those with few
    /// subscribers: what has the least choice.
    private static func isBefore(_ first: Topic, _ second: Topic) -> Bool {
        let left = first.owners.count * second.subscribers.count
        let right = second.owners.count * first.subscribers.count
        if left != right { return left > right }
        if first.subscribers.count != second.subscribers.count {
            return first.subscribers.count < second.subscribers.count
        }
        return Uuid.isOrdered(first.id, second.id)
    }

    /// What each member has, by its index.
    var parts: [PartitionSet] {
        var parts = Array(repeating: PartitionSet(), count: loads.count)
        for topic in topics {
            for (partition, owner) in topic.owners.enumerated() {
                if let owner { parts[owner][topic.id].insert(Int32(partition)) }
            }
        }
        return parts
    }

    /// Gives what nobody has to the subscriber that has least.
    mutating func assignFree() {
        for topic in topics.indices {
            for partition in topics[topic].owners.indices
            where topics[topic].owners[partition] == nil {
                give(topic, partition, to: leastLoaded(of: topics[topic]))
            }
        }
    }

    /// Takes from who has most and gives to who has least, topic by topic, until that would not
    /// make anything more even.
    mutating func level() {
        for _ in 0..<SubscriberBalance.maxRounds {
            var hasMoved = false
            for topic in topics.indices where topics[topic].subscribers.count > 1 {
                if level(topic) { hasMoved = true }
            }
            guard hasMoved else { return }
        }
    }

    private mutating func level(_ topic: Int) -> Bool {
        var owned: [Int: [Int]] = [:]
        for (partition, owner) in topics[topic].owners.enumerated() {
            if let owner { owned[owner, default: []].append(partition) }
        }
        var hasMoved = false
        while true {
            let least = leastLoaded(of: topics[topic])
            // Of those that have something to give.
            let most = topics[topic].subscribers.lazy.filter { owned[$0]?.isEmpty == false }
                .max { (loads[$0], $1) < (loads[$1], $0) }
            guard let most, loads[most] - loads[least] > 1,
                let partition = owned[most]?.popLast()
            else { return hasMoved }
            give(topic, partition, to: least)
            owned[least, default: []].append(partition)
            hasMoved = true
        }
    }

    private func leastLoaded(of topic: Topic) -> Int {
        topic.subscribers.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
    }

    private mutating func give(_ topic: Int, _ partition: Int, to member: Int) {
        if let owner = topics[topic].owners[partition] { loads[owner] -= 1 }
        topics[topic].owners[partition] = member
        loads[member] += 1
    }
}
