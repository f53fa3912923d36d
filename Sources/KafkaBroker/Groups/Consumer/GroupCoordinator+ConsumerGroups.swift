import KafkaBase
import KafkaWire
import Logging

/// Consumer groups of the protocol of KIP-848: how their records are applied and written, and when
/// members are given up.
extension GroupCoordinator {
    /// Time after which something is tried once more that was not stored.
    private static let retryMs: Int32 = 1000

    // MARK: Loading

    /// Takes over a record of types 3 to 8 or 16; others say nothing of groups that are known.
    func applyConsumerGroup(_ record: CoordinatorRecord) throws(WireError) {
        guard let (id, change) = try ConsumerGroupRecord.decoded(record),
            let group = consumerGroup(id, mayMake: record.value != nil)
        else { return }
        group.apply(change)
        if group.group.isDeleted { groups[id] = nil }
    }

    /// What offsets alone have made gives way; a tombstone makes no group.
    private func consumerGroup(_ id: String, mayMake: Bool) -> LiveConsumerGroup? {
        if let group = groups[id] as? LiveConsumerGroup { return group }
        guard mayMake else { return nil }
        if let classic = groups[id] as? ClassicGroup, !classic.isSimple {
            logger.warning("a record of consumer group \(id), which is a classic one, is ignored")
            return nil
        }
        let group = LiveConsumerGroup(id: id)
        groups[id] = group
        return group
    }

    func resume(_ group: LiveConsumerGroup) {
        group.didLoad(consumers.context(of: group.id, nowMs: nowMs))
        schedule(group)
    }

    // MARK: Changes

    /// Appends a draft's records and applies them.
    ///
    /// - Parameters:
    ///   - group: that the draft was made of, or one that is new.
    ///   - replaced: what takes the group's predecessor of another kind out of the log.
    ///   - isRefreshed: whether the draft took the topics of the context into account.
    ///   - then: called when the records are durable, or may be lost.
    /// - Throws: `ApiError` when nothing has changed.
    func commit(
        _ draft: ConsumerGroupDraft, to group: LiveConsumerGroup,
        replaced: [CoordinatorRecord] = [], isRefreshed: Bool, _ context: ConsumerGroupContext,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError) {
        if try downgrade(group, by: draft, context, then: then) { return }
        let records = try replaced + draft.encoded()
        if !records.isEmpty { try log.append(records, nowMs: context.nowMs, then: then) }
        if group.group.epoch != draft.group.epoch {
            let count = draft.group.members.count
            logger.info("group \(group.id): epoch \(draft.group.epoch), \(count) members")
        }
        // Its members are to join the group that takes its place.
        (groups[group.id] as? ClassicGroup)?.refuseAll(.rebalanceInProgress)
        groups[group.id] = group
        group.commit(draft, isRefreshed: isRefreshed, context)
        schedule(group)
        if records.isEmpty { then(.none) }
    }

    func schedule(_ group: LiveConsumerGroup) {
        guard let deadlineMs = group.deadlines.nextMs else {
            return deadlines.cancel(.consumerMembers(group: group.id))
        }
        deadlines.set(.consumerMembers(group: group.id), at: deadlineMs)
    }

    // MARK: Regular expressions

    /// Looks an expression that is new, or was not resolved before a restart, up as soon as the
    /// event loop is free again.
    func scheduleResolution(for memberID: String?, _ view: TopicView, _ group: LiveConsumerGroup) {
        guard let pattern = memberID.flatMap({ group.group.members[$0] })?.metadata.pattern,
            !pattern.isEmpty, group.group.patterns[pattern] == nil
        else { return }
        group.resolve(for: view)
        scheduleResolution(of: group)
    }

    private func scheduleResolution(of group: LiveConsumerGroup, afterMs: Int32 = 0) {
        deadlines.set(.patterns(group: group.id), at: nowMs + Int64(afterMs))
    }

    func resolvePatterns(of groupID: String) {
        guard let group = groups[groupID] as? LiveConsumerGroup else { return }
        let context = consumers.context(of: groupID, nowMs: nowMs, view: group.resolver)
        var draft = ConsumerGroupDraft(group.group)
        draft.resolvePatterns(context)
        guard !draft.records.isEmpty else { return }
        do throws(ApiError) {
            try commit(draft, to: group, isRefreshed: false, context) { _ in }
        } catch {
            logger.warning(
                "group \(groupID): what an expression stands for cannot be stored: \(error.code)")
            scheduleResolution(of: group, afterMs: GroupCoordinator.retryMs)
        }
    }

    // MARK: Members

    /// Members that were not heard of, or do not give up what they are to, have gone.
    func removeLateMembers(of groupID: String) {
        guard let group = groups[groupID] as? LiveConsumerGroup else { return }
        let late = group.takeDue(nowMs: nowMs).filter { group.group.members[$0.memberID] != nil }
        for due in late {
            logger.info("group \(groupID): member \(due.memberID) is removed: \(due.kind)")
        }
        removeMembers(Set(late.map(\.memberID)).sorted(), from: group)
        schedule(group)
    }

    private func removeMembers(_ memberIDs: [String], from group: LiveConsumerGroup) {
        guard !memberIDs.isEmpty else { return }
        let context = consumers.context(of: group.id, nowMs: nowMs)
        var draft = ConsumerGroupDraft(group.group)
        draft.remove(memberIDs, context)
        do throws(ApiError) {
            try commit(draft, to: group, isRefreshed: false, context) { _ in }
        } catch {
            logger.warning(
                "group \(group.id): members cannot be removed: \(error.message ?? "\(error.code)")")
            for id in memberIDs {
                group.change(
                    .set(.session, memberID: id, afterMs: GroupCoordinator.retryMs), nowMs: nowMs)
            }
        }
    }
}
