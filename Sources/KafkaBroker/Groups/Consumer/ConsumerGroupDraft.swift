import KafkaBase

/// A change of a consumer group that is being worked out: the group as it will be, and the records
/// that make it so.
///
/// A value over a copy of the group, so nothing has happened until the records are appended and
/// applied to the group itself.
struct ConsumerGroupDraft: Sendable {
    private(set) var group: ConsumerGroup
    private(set) var records: [ConsumerGroupRecord] = []
    var deadlines: [MemberDeadlines.Change] = []

    init(_ group: ConsumerGroup) { self.group = group }

    mutating func write(_ record: ConsumerGroupRecord) {
        records.append(record)
        group.apply(record)
    }

    // MARK: Members

    /// - Throws: `ApiError`.
    func member(_ id: String) throws(ApiError) -> ConsumerGroupMember {
        guard let member = group.members[id] else {
            throw ApiError(
                .unknownMemberId, "Member \(id) is not a member of group \(group.id).")
        }
        return member
    }

    /// Writes what is known of a member where it is new or has changed.
    mutating func write(_ member: ConsumerGroupMember) {
        guard group.members[member.id]?.metadata != member.metadata else { return }
        write(.member(member.id, member.metadata))
    }

    /// Takes members out of the group, which needs a new assignment then.
    mutating func remove(_ memberIDs: [String], _ context: ConsumerGroupContext) {
        for id in memberIDs { writeTombstones(of: id) }
        writeTombstonesOfUnusedPatterns()
        updateTopics(context)
        write(.epoch(group.epoch &+ 1))
    }

    /// Puts a static member in the place of the one that bore the same instance id.
    mutating func replace(_ old: ConsumerGroupMember, with new: ConsumerGroupMember) {
        let target = group.target[old.id]
        writeTombstones(of: old.id)
        write(.member(new.id, new.metadata))
        write(.target(new.id, target ?? PartitionSet()))
        write(.current(new.id, new.current))
    }

    private mutating func writeTombstones(of memberID: String) {
        write(.current(memberID, nil))
        write(.target(memberID, nil))
        write(.member(memberID, nil))
    }

    /// Records that remove all of the group.
    mutating func writeTombstones() {
        let ids = group.members.keys.sorted()
        let targets = group.target.keys.sorted()
        for id in ids { write(.current(id, nil)) }
        for id in targets { write(.target(id, nil)) }
        write(.targetEpoch(nil))
        for id in ids { write(.member(id, nil)) }
        for expression in group.patterns.keys.sorted() { write(.pattern(expression, nil)) }
        write(.topics(nil))
        write(.epoch(nil))
    }

    // MARK: Subscriptions

    /// Looks up the regular expressions that are new, which no heartbeat waits for; where they
    /// stand for topics the group gets a new epoch (Kafka's `handleRegularExpressionsResult`).
    /// As in Kafka the member that brings it about decides by its rights for the whole group.
    mutating func resolvePatterns(_ context: ConsumerGroupContext) {
        let new = group.subscribedPatterns.filter { group.patterns[$0] == nil }
        guard lookUp(new, context) else { return }
        updateTopics(context)
        write(.epoch(group.epoch &+ 1))
    }

    /// Looks up again those that were resolved before.
    ///
    /// - Returns: whether they stand for other topics now.
    mutating func refreshPatterns(_ context: ConsumerGroupContext) -> Bool {
        lookUp(Set(group.patterns.keys), context)
    }

    private mutating func lookUp(
        _ expressions: Set<String>, _ context: ConsumerGroupContext
    ) -> Bool {
        guard let view = context.view, !expressions.isEmpty else { return false }
        var hasChanged = false
        let names = context.topics.names
        for expression in expressions.sorted() {
            let known = group.patterns[expression]
            let matching = try? TopicPattern(expression).matching(names).filter(view.shows)
            // One that takes too long keeps what it stood for.
            let topics = matching ?? known?.topics ?? []
            guard topics != known?.topics else { continue }
            write(
                .pattern(
                    expression,
                    .init(
                        topics: topics, version: context.topics.version,
                        timestampMs: context.nowMs)))
            if topics != known?.topics ?? [] { hasChanged = true }
        }
        return hasChanged
    }

    mutating func writeTombstonesOfUnusedPatterns() {
        guard !group.patterns.isEmpty else { return }
        let unused = Set(group.patterns.keys).subtracting(group.subscribedPatterns)
        for expression in unused.sorted() { write(.pattern(expression, nil)) }
    }

    /// Takes over what has become of the topics that the group reads.
    ///
    /// - Returns: whether anything has.
    @discardableResult
    mutating func updateTopics(_ context: ConsumerGroupContext) -> Bool {
        var topics: [String: ConsumerGroup.Topic] = [:]
        for name in group.subscribedTopicNames { topics[name] = context.topics.topic(name) }
        guard topics != group.topics else { return false }
        write(.topics(topics))
        return true
    }

    // MARK: The assignment

    /// Works out what everybody is to have, unless that was done for this epoch (Kafka's
    /// `TargetAssignmentBuilder`).
    mutating func updateTarget(_ context: ConsumerGroupContext) {
        guard group.epoch > group.targetEpoch else { return }
        let members = group.members.values.map { member in
            AssignmentSpec.Member(
                id: member.id, instanceID: member.metadata.instanceID,
                topics: Set(group.topicNames(of: member).compactMap { group.topics[$0]?.id }),
                current: group.target[member.id] ?? PartitionSet())
        }
        let spec = AssignmentSpec(
            members: members,
            partitionCounts: Dictionary(
                group.topics.values.map { ($0.id, $0.partitions) }, uniquingKeysWith: max))
        let target = group.assignor(context.settings).assign(spec)
        for (id, partitions) in target.sorted(by: { $0.key < $1.key })
        where group.target[id] != partitions {
            write(.target(id, partitions))
        }
        write(.targetEpoch(group.epoch))
    }

    /// Moves a member one step towards what it is to have.
    ///
    /// - Throws: `ApiError`.
    /// - Returns: what it has then.
    mutating func reconcile(
        _ memberID: String, owned: PartitionSet?
    ) throws(ApiError) -> ConsumerGroupMember.Current {
        let member = try member(memberID)
        let current = try member.current.advanced(
            to: group.target[memberID] ?? PartitionSet(), epoch: group.targetEpoch, owned: owned,
            isFree: group.isFree)
        guard current != member.current else { return current }
        write(.current(memberID, current))
        // Those of the classic protocol have their joins and syncs to do in time.
        guard !member.isClassic else { return current }
        deadlines.append(
            current.state == .unrevokedPartitions
                ? .set(.rebalance, memberID: memberID, afterMs: member.metadata.rebalanceTimeoutMs)
                : .clear(.rebalance, memberID: memberID))
        return current
    }
}

extension ConsumerGroup {
    /// The assignor that most members ask for, or the default.
    func assignor(_ settings: ConsumerGroupSettings) -> ServerAssignor {
        var votes: [ServerAssignor: Int] = [:]
        for member in members.values {
            guard let assignor = member.metadata.serverAssignor.flatMap(settings.assignor) else {
                continue
            }
            votes[assignor, default: 0] += 1
        }
        // Of equals the first.
        let most = votes.values.max() ?? 0
        return settings.assignors.first { votes[$0, default: 0] == most } ?? .uniform
    }
}
