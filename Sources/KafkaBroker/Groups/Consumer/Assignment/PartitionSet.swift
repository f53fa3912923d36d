import KafkaBase

/// Partitions by their topics' ids: what a member has, is to have, or has to give up. A value.
struct PartitionSet: Sendable, Hashable {
    /// Never holds a topic without partitions, so that equal sets are equal.
    private(set) var byTopic: [Uuid: Set<Int32>] = [:]

    init() {}

    /// Partitions that are named twice count once.
    init(_ topics: some Sequence<(Uuid, [Int32])>) {
        for (topic, partitions) in topics { self[topic].formUnion(partitions) }
    }

    var isEmpty: Bool { byTopic.isEmpty }

    /// Partitions of all topics together.
    var count: Int { byTopic.values.reduce(0) { $0 + $1.count } }

    /// Empty for a topic that has no part in this.
    subscript(topic: Uuid) -> Set<Int32> {
        get { byTopic[topic] ?? [] }
        _modify {
            var partitions = byTopic.removeValue(forKey: topic) ?? []
            defer { if !partitions.isEmpty { byTopic[topic] = partitions } }
            yield &partitions
        }
    }

    func contains(_ topic: Uuid, _ partition: Int32) -> Bool {
        byTopic[topic]?.contains(partition) ?? false
    }

    /// Topics and partitions in ascending order: so they stand in records and answers.
    var sorted: [(topic: Uuid, partitions: [Int32])] {
        byTopic.keys.sorted(by: Uuid.isOrdered).map { ($0, self[$0].sorted()) }
    }

    // MARK: Sets

    /// - Parameter topics: those that stay.
    func keeping(_ topics: Set<Uuid>) -> PartitionSet {
        var kept = self
        kept.byTopic = byTopic.filter { topics.contains($0.key) }
        return kept
    }

    /// What satisfies a condition.
    func filter(_ isIncluded: (Uuid, Int32) -> Bool) -> PartitionSet {
        var result = PartitionSet()
        for (topic, partitions) in byTopic {
            let included = partitions.filter { isIncluded(topic, $0) }
            if !included.isEmpty { result.byTopic[topic] = included }
        }
        return result
    }

    func intersection(_ other: PartitionSet) -> PartitionSet { filter(other.contains) }

    func subtracting(_ other: PartitionSet) -> PartitionSet {
        filter { !other.contains($0, $1) }
    }

    func union(_ other: PartitionSet) -> PartitionSet {
        var result = self
        result.formUnion(other)
        return result
    }

    mutating func formUnion(_ other: PartitionSet) {
        for (topic, partitions) in other.byTopic { self[topic].formUnion(partitions) }
    }

    func isSubset(of other: PartitionSet) -> Bool {
        byTopic.allSatisfy { topic, partitions in partitions.isSubset(of: other[topic]) }
    }

    func isDisjoint(with other: PartitionSet) -> Bool {
        byTopic.allSatisfy { topic, partitions in partitions.isDisjoint(with: other[topic]) }
    }
}

extension Uuid {
    /// An order of ids, for results that do not depend on chance.
    static func isOrdered(_ first: Uuid, _ second: Uuid) -> Bool {
        (first.high, first.low) < (second.high, second.low)
    }
}
