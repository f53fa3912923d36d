import KafkaBase

/// A consumer group under the protocol of KIP-848: what its records in `__consumer_offsets` say,
/// and what follows from them.
///
/// A value that only `apply` changes, record by record, when they are replayed as when they are
/// written; `ConsumerGroupDraft` works the records out. Bounded by `group.consumer.max.size`.
struct ConsumerGroup: Sendable, Equatable {
    /// A topic that the group reads.
    struct Topic: Sendable, Equatable {
        var id: Uuid
        var partitions: Int32
    }

    /// The topics that a regular expression stands for.
    struct ResolvedPattern: Sendable, Equatable {
        var topics: Set<String>
        /// Of the metadata in which they were looked up.
        var version: Int64
        var timestampMs: Int64
    }

    enum State: String, Sendable, CaseIterable {
        case empty = "Empty"
        case assigning = "Assigning"
        case reconciling = "Reconciling"
        case stable = "Stable"
    }

    let id: String
    /// Counts the changes that ask for a new assignment.
    private(set) var epoch: Int32 = 0
    /// The epoch that `target` is the assignment of.
    private(set) var targetEpoch: Int32 = 0
    private(set) var members: [String: ConsumerGroupMember] = [:]
    /// What each member is to have.
    private(set) var target: [String: PartitionSet] = [:]
    /// By name, those that exist.
    private(set) var topics: [String: Topic] = [:]
    private(set) var patterns: [String: ResolvedPattern] = [:]
    /// The records have said that the group is gone.
    private(set) var isDeleted = false

    // Follows from the members.
    private var memberIDs: [String: String] = [:]
    private var holders = PartitionHolders()

    init(id: String) { self.id = id }

    /// Changes the group by one of its records.
    ///
    /// A record can come alone, or before others that it was written with: after compaction.
    mutating func apply(_ record: ConsumerGroupRecord) {
        switch record {
        case .epoch(let epoch):
            isDeleted = epoch == nil
            self.epoch = epoch ?? 0
        case .topics(let topics): self.topics = topics ?? [:]
        case .targetEpoch(let epoch): targetEpoch = epoch ?? -1
        case .target(let memberID, let partitions): target[memberID] = partitions
        case .pattern(let expression, let resolved): patterns[expression] = resolved
        case .member(let memberID, let metadata): set(metadata, of: memberID)
        case .current(let memberID, let current): set(current, of: memberID)
        }
    }

    private mutating func set(_ metadata: ConsumerGroupMember.Metadata?, of memberID: String) {
        let old = members[memberID]
        if let instance = old?.metadata.instanceID, memberIDs[instance] == memberID {
            memberIDs[instance] = nil
        }
        guard let metadata else {
            if let old { holders.remove(old.current) }
            members[memberID] = nil
            return
        }
        members[memberID, default: ConsumerGroupMember(id: memberID)].metadata = metadata
        if let instance = metadata.instanceID { memberIDs[instance] = memberID }
    }

    private mutating func set(_ current: ConsumerGroupMember.Current?, of memberID: String) {
        let old = members[memberID]
        if let old { holders.remove(old.current) }
        // Without a value it comes in front of the member's own tombstone.
        guard let current = current ?? old.map({ _ in .left }) else { return }
        members[memberID, default: ConsumerGroupMember(id: memberID)].current = current
        holders.add(current)
    }
}

extension ConsumerGroup {
    var state: State {
        if members.isEmpty { return .empty }
        if epoch > targetEpoch { return .assigning }
        let isStable = members.values.allSatisfy { $0.isReconciled(to: targetEpoch) }
        return isStable ? .stable : .reconciling
    }

    var isEmpty: Bool { members.isEmpty }

    /// - Parameter instanceID: nil for none.
    func staticMember(_ instanceID: String?) -> ConsumerGroupMember? {
        instanceID.flatMap { memberIDs[$0] }.flatMap { members[$0] }
    }

    /// Whether no member has a partition, nor still has to give it up.
    func isFree(_ topic: Uuid, _ partition: Int32) -> Bool {
        holders.isFree(topic, partition)
    }

    // MARK: Subscriptions

    /// By names and by the regular expression.
    func topicNames(of member: ConsumerGroupMember) -> Set<String> {
        guard let resolved = patterns[member.metadata.pattern] else {
            return member.metadata.topicNames
        }
        return member.metadata.topicNames.union(resolved.topics)
    }

    /// Of all members, whether the topics exist or not.
    var subscribedTopicNames: Set<String> {
        members.values.reduce(into: []) { $0.formUnion(topicNames(of: $1)) }
    }

    var subscribedPatterns: Set<String> {
        Set(members.values.lazy.map(\.metadata.pattern).filter { !$0.isEmpty })
    }

    /// Whether it is still to be found out what an expression stands for.
    var hasUnresolvedPatterns: Bool { subscribedPatterns.contains { patterns[$0] == nil } }

    func isSubscribed(to topic: String) -> Bool {
        members.values.contains { topicNames(of: $0).contains(topic) }
    }
}

/// How many members have each partition: one at most, but for what a replay sees in between. A
/// value.
private struct PartitionHolders: Sendable, Equatable {
    private var counts: [Uuid: [Int32: Int32]] = [:]

    func isFree(_ topic: Uuid, _ partition: Int32) -> Bool { counts[topic]?[partition] == nil }

    mutating func add(_ current: ConsumerGroupMember.Current) { change(current, by: 1) }

    mutating func remove(_ current: ConsumerGroupMember.Current) { change(current, by: -1) }

    private mutating func change(_ current: ConsumerGroupMember.Current, by step: Int32) {
        for held in [current.assigned, current.pendingRevocation] {
            for (topic, partitions) in held.byTopic {
                var counts = self.counts.removeValue(forKey: topic) ?? [:]
                for partition in partitions {
                    let count = counts[partition, default: 0] + step
                    counts[partition] = count == 0 ? nil : count
                }
                if !counts.isEmpty { self.counts[topic] = counts }
            }
        }
    }
}
