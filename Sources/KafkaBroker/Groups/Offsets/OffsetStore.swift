import KafkaBase

/// The offsets that the groups of a coordinator committed, and those of transactions that have not
/// ended (Kafka's `OffsetMetadataManager`).
///
/// A value that changes record by record, in the order of the log. Bounded by what the log holds:
/// one offset a group and partition, and one more for each open transaction.
struct OffsetStore: Sendable {
    /// By topic and partition.
    typealias Topics = [String: [Int32: CommittedOffset]]

    /// By group.
    private var committed: [String: Topics] = [:]
    /// By producer and group.
    private var pending: [Int64: [String: Topics]] = [:]
    /// The producers of each group with pending offsets.
    private var producers: [String: Set<Int64>] = [:]
    private var nextOrder: Int64 = 0
    /// Of all groups and partitions, with those of open transactions.
    private(set) var count = 0

    func topics(of group: String) -> Topics { committed[group] ?? [:] }

    func offset(_ group: String, _ topic: String, _ partition: Int32) -> CommittedOffset? {
        committed[group]?[topic]?[partition]
    }

    /// Whether an open transaction is about to commit an offset of the partition.
    func isPending(_ group: String, _ topic: String, _ partition: Int32) -> Bool {
        producers[group]?.contains { pending[$0]?[group]?[topic]?[partition] != nil } ?? false
    }

    func hasOpenTransaction(_ group: String) -> Bool { producers[group] != nil }

    /// Every partition with an offset, pending ones included, each once.
    func partitions(of group: String) -> [TopicPartition] {
        var found: Set<TopicPartition> = []
        let pending = (producers[group] ?? []).compactMap { self.pending[$0]?[group] }
        for topics in [topics(of: group)] + pending {
            for (topic, partitions) in topics {
                for partition in partitions.keys {
                    found.insert(TopicPartition(topic: topic, partition: partition))
                }
            }
        }
        return found.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }

    /// The groups that have offsets, pending ones included.
    var groups: Set<String> { Set(committed.keys).union(producers.keys) }

    // MARK: Changes

    /// - Parameter producerID: of the transaction that it is part of; nil for none.
    mutating func put(
        _ offset: CommittedOffset, _ group: String, _ topic: String, _ partition: Int32,
        producerID: Int64?
    ) {
        var offset = offset
        offset.order = nextOrder
        nextOrder += 1
        guard let producerID else {
            count += OffsetStore.put(offset, group, topic, partition, in: &committed)
            return
        }
        count += OffsetStore.put(
            offset, group, topic, partition, in: &pending[producerID, default: [:]])
        producers[group, default: []].insert(producerID)
    }

    /// - Returns: how many there are more.
    private static func put(
        _ offset: CommittedOffset, _ group: String, _ topic: String, _ partition: Int32,
        in groups: inout [String: Topics]
    ) -> Int {
        let old = groups[group, default: [:]][topic, default: [:]].updateValue(
            offset, forKey: partition)
        return old == nil ? 1 : 0
    }

    /// Takes an offset away, and those that open transactions have for the partition.
    mutating func remove(_ group: String, _ topic: String, _ partition: Int32) {
        count -= OffsetStore.remove(group, topic, partition, from: &committed)
        for producerID in producers[group] ?? [] {
            guard var groups = pending.removeValue(forKey: producerID) else { continue }
            count -= OffsetStore.remove(group, topic, partition, from: &groups)
            // The transaction stays open: the group waits for its end.
            groups[group] = groups[group] ?? [:]
            pending[producerID] = groups
        }
    }

    /// - Returns: how many there are less.
    private static func remove(
        _ group: String, _ topic: String, _ partition: Int32, from groups: inout [String: Topics]
    ) -> Int {
        guard groups[group]?[topic]?.removeValue(forKey: partition) != nil else { return 0 }
        if groups[group]?[topic]?.isEmpty == true { groups[group]?[topic] = nil }
        if groups[group]?.isEmpty == true { groups[group] = nil }
        return 1
    }

    /// Ends a producer's transaction: its offsets count from now on, or are forgotten.
    ///
    /// Of several commits of a partition the one counts that stands last in the log, wherever the
    /// end of its transaction stands: compaction leaves no other.
    ///
    /// - Returns: the groups that have new offsets.
    mutating func endTransaction(of producerID: Int64, isCommit: Bool) -> [String] {
        guard let groups = pending.removeValue(forKey: producerID) else { return [] }
        for group in groups.keys {
            producers[group]?.remove(producerID)
            if producers[group]?.isEmpty == true { producers[group] = nil }
        }
        for (group, topics) in groups {
            for (topic, partitions) in topics {
                count -= partitions.count
                guard isCommit else { continue }
                for (partition, offset) in partitions {
                    let present = committed[group]?[topic]?[partition]
                    if let present, present.order > offset.order { continue }
                    count += OffsetStore.put(offset, group, topic, partition, in: &committed)
                }
            }
        }
        guard isCommit else { return [] }
        return groups.filter { !$0.value.isEmpty }.map(\.key)
    }
}
