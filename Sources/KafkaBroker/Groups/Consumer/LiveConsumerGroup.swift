/// A consumer group of a coordinator: what its records say, and beside it what a restart may
/// forget.
///
/// Confined to its coordinator's event loop.
final class LiveConsumerGroup {
    private(set) var group: ConsumerGroup
    private(set) var deadlines = MemberDeadlines()
    /// Of the topics that the subscriptions were last compared with; nil after the start.
    private var versions: ConsumerGroupContext.Versions?
    /// In whose view expressions that are new are to be looked up.
    private(set) var resolver: TopicView?

    init(id: String) { group = ConsumerGroup(id: id) }

    /// Whether the topics may have changed since.
    func needsRefresh(_ context: ConsumerGroupContext) -> Bool {
        versions != context.versions
    }

    /// Expressions that are new are to be looked up.
    func resolve(for view: TopicView) { resolver = view }

    func apply(_ record: ConsumerGroupRecord) {
        group.apply(record)
        if case .member(let id, nil) = record, group.members[id] == nil { deadlines.clear(of: id) }
    }

    /// Takes over a change whose records were appended.
    ///
    /// - Parameter isRefreshed: whether it took the topics of the context into account.
    func commit(_ draft: ConsumerGroupDraft, isRefreshed: Bool, _ context: ConsumerGroupContext) {
        for record in draft.records { apply(record) }
        assert(group == draft.group, "records say what was worked out")
        for change in draft.deadlines { deadlines.apply(change, nowMs: context.nowMs) }
        if isRefreshed { versions = context.versions }
        if resolver != nil, !group.hasUnresolvedPatterns { resolver = nil }
    }

    /// Every member gets its time anew after the records were replayed (Kafka's `onLoaded`).
    func didLoad(_ context: ConsumerGroupContext) {
        for member in group.members.values {
            let timeoutMs = member.metadata.classic?.sessionTimeoutMs
            deadlines.apply(
                .set(
                    .session, memberID: member.id,
                    afterMs: timeoutMs ?? context.settings.sessionTimeoutMs),
                nowMs: context.nowMs)
            guard member.current.state == .unrevokedPartitions, !member.isClassic else { continue }
            deadlines.apply(
                .set(
                    .rebalance, memberID: member.id, afterMs: member.metadata.rebalanceTimeoutMs),
                nowMs: context.nowMs)
        }
    }

    func change(_ deadline: MemberDeadlines.Change, nowMs: Int64) {
        deadlines.apply(deadline, nowMs: nowMs)
    }

    /// Members whose time is over.
    func takeDue(nowMs: Int64) -> [MemberDeadlines.Key] { deadlines.takeDue(nowMs: nowMs) }
}
