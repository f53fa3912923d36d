import KafkaBase

/// Gives all members the same number of partitions, and moves as few as that takes (Kafka's
/// `UniformAssignor`).
enum UniformAssignor {
    /// All members are subscribed to the same topics, so their numbers of partitions differ by one
    /// at most.
    ///
    /// - Returns: by the members' order in `spec`.
    static func assignHomogeneous(_ spec: AssignmentSpec) -> [PartitionSet] {
        let topics = spec.members[0].topics.sorted(by: Uuid.isOrdered)
        let total = topics.reduce(0) { $0 + Int(spec.partitionCounts[$1] ?? 0) }
        let (quota, larger) = total.quotientAndRemainder(dividingBy: spec.members.count)
        var parts = spec.kept()
        let sizes = parts.map(\.count)
        // Those who have most keep the one that is above the quota.
        let order = parts.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
        var quotas = Array(repeating: quota, count: parts.count)
        for index in order.prefix(larger) { quotas[index] += 1 }
        var assigned = PartitionSet()
        for index in parts.indices {
            if sizes[index] > quotas[index] { parts[index] = parts[index].first(quotas[index]) }
            assigned.formUnion(parts[index])
        }
        var free = topics.lazy.flatMap { topic in
            (0..<(spec.partitionCounts[topic] ?? 0)).lazy.map { (topic, $0) }
        }.filter { !assigned.contains($0.0, $0.1) }.makeIterator()
        for index in parts.indices where sizes[index] < quotas[index] {
            for _ in sizes[index]..<quotas[index] {
                guard let (topic, partition) = free.next() else { break }
                parts[index][topic].insert(partition)
            }
        }
        return parts
    }

    /// Members are subscribed to different topics, so it can be that some have more than others
    /// whatever is done. Balanced is an assignment in which no partition could go to a subscriber
    /// that has two less than its owner.
    ///
    /// - Returns: by the members' order in `spec`.
    static func assignHeterogeneous(_ spec: AssignmentSpec) -> [PartitionSet] {
        var balance = SubscriberBalance(spec)
        balance.assignFree()
        balance.level()
        return balance.parts
    }
}

extension PartitionSet {
    /// So many partitions, the first in their order.
    fileprivate func first(_ count: Int) -> PartitionSet {
        var left = count
        var result = PartitionSet()
        for (topic, partitions) in sorted where left > 0 {
            result[topic] = Set(partitions.prefix(left))
            left -= min(left, partitions.count)
        }
        return result
    }
}
