import KafkaBase
import KafkaRecords
import KafkaSecurity
import KafkaWire
import Logging

/// The consumer groups of one partition of `__consumer_offsets`, and the offsets that they
/// committed (Kafka's `GroupCoordinatorShard`).
///
/// Confined to the partition's event loop, where its shard calls it; requests are methods that are
/// given closures for their answers, which may come minutes later. Bounded by `GroupLimits`.
///
/// Groups of all kinds stand in one table as `Group`, which is all that offsets, descriptions,
/// deletion and expiry know of them. Another kind than the classic one comes in by a type that
/// conforms to `Group`, by `apply` for its records, a case of `GroupDeadline`, and requests of its
/// own as extensions; so do consumer groups (KIP-848).
final class GroupCoordinator: CoordinatorState, @unchecked Sendable {
    static let resourceType = AclResourceType.group

    let log: any CoordinatorLog
    let settings: GroupSettings
    let consumers: ConsumerGroupEnvironment
    let clock: KafkaClock
    let logger: Logger

    var groups: [String: any Group] = [:]
    var offsets = OffsetStore()
    var deadlines = DeadlineQueue<GroupDeadline>()
    let limits = GroupLimits()

    init(
        log: any CoordinatorLog, settings: GroupSettings,
        consumers: ConsumerGroupEnvironment, clock: KafkaClock, logger: Logger
    ) {
        self.log = log
        self.settings = settings
        self.consumers = consumers
        self.clock = clock
        self.logger = logger
    }

    var nowMs: Int64 { clock.nowMs }

    // MARK: Loading

    func replay(_ batch: CoordinatorBatch) {
        switch batch.content {
        case .records(let records):
            let producerID = batch.isTransactional ? batch.producerID : nil
            for record in records { apply(record, producerID: producerID) }
        case .marker(let marker):
            let committed = offsets.endTransaction(
                of: batch.producerID, isCommit: marker.isCommit)
            for group in committed { makeSimpleGroup(group) }
        }
    }

    func didLoad(nowMs: Int64) {
        for group in groups.values { resume(group) }
        deadlines.set(.expiry, at: nowMs + settings.expiryIntervalMs)
        guard !groups.isEmpty else { return }
        logger.info("loaded \(groups.count) groups with \(offsets.count) offsets")
    }

    /// Sessions begin anew: nobody could be heard while the coordinator was not there.
    private func resume(_ group: any Group) {
        if let group = group as? LiveConsumerGroup { return resume(group) }
        guard let group = group as? ClassicGroup else { return }
        for member in group.members.values { renewSession(of: member, in: group) }
        guard group.members.count > settings.maxSize else { return }
        prepareRebalance(
            group, reason: "its \(group.members.count) members are more than group.max.size")
    }

    // MARK: Records

    /// Appends records as one batch, and applies them.
    ///
    /// - Parameters:
    ///   - producer: of the transaction that they are part of.
    ///   - then: called when they are durable, or may be lost.
    /// - Throws: `ApiError` when nothing was appended or applied.
    func write(
        _ records: [CoordinatorRecord], producer: RecordBatchBuilder.ProducerState = .none,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError) {
        try log.append(records, producer: producer, nowMs: nowMs, then: then)
        let producerID = producer.isTransactional ? producer.id : nil
        for record in records { apply(record, producerID: producerID) }
    }

    /// Takes over what a record says.
    func apply(_ record: CoordinatorRecord, producerID: Int64?) {
        do throws(WireError) {
            switch record.keyType {
            case let type? where CoordinatorRecord.offsetKeyTypes.contains(type):
                try applyOffset(record, producerID: producerID)
            case CoordinatorRecord.groupKeyType: try applyGroup(record)
            default: try applyConsumerGroup(record)
            }
        } catch {
            logger.warning("a record of a group that cannot be read is passed over: \(error)")
        }
    }

    private func applyOffset(_ record: CoordinatorRecord, producerID: Int64?) throws(WireError) {
        let key = try record.readKey(as: OffsetCommitKey.self)
        guard let value = try record.readValue(as: OffsetCommitValue.self) else {
            return offsets.remove(key.group, key.topic, key.partition)
        }
        makeSimpleGroup(key.group)
        offsets.put(
            CommittedOffset(value), key.group, key.topic, key.partition, producerID: producerID)
    }

    /// Whoever commits without being a member makes a group without members and protocol.
    private func makeSimpleGroup(_ id: String) {
        if groups[id] == nil { groups[id] = ClassicGroup(id: id, nowMs: nowMs, limits: limits) }
    }

    private func applyGroup(_ record: CoordinatorRecord) throws(WireError) {
        let id = try record.readKey(as: GroupMetadataKey.self).group
        let value = try record.readValue(as: GroupMetadataValue.self)
        groups[id] = value.map { ClassicGroup(id: id, $0, limits: limits) }
    }

    // MARK: Time

    var nextDeadlineMs: Int64? { deadlines.nextMs }

    func tick(nowMs: Int64) {
        while let due = deadlines.popDue(nowMs: nowMs) {
            switch due {
            case .session(let group, let member): expireSession(of: member, in: group)
            case .join(let group): joinTimeIsUp(group)
            case .sync(let group): syncTimeIsUp(group)
            case .consumerMembers(let group): removeLateMembers(of: group)
            case .patterns(let group): resolvePatterns(of: group)
            case .expiry: expireOffsets()
            }
        }
    }

    // MARK: The end

    func close() {
        for group in groups.values {
            (group as? ClassicGroup)?.refuseAll(.notCoordinator)
        }
    }
}

/// What a coordinator of groups does at its time.
enum GroupDeadline: Hashable, Sendable {
    /// A member was not heard of for too long.
    case session(group: String, member: String)
    /// Members had time to join.
    case join(group: String)
    /// Members had time to ask for their assignment.
    case sync(group: String)
    /// Members of a consumer group may be late with something.
    case consumerMembers(group: String)
    /// Find out what a group's new regular expressions stand for.
    case patterns(group: String)
    /// Look for offsets and groups that nobody uses any more.
    case expiry
}

extension ErrorCode {
    /// What members are told when the group's record could not be stored (Kafka's
    /// `appendGroupMetadataErrorToResponseError`).
    var asCoordinatorError: ErrorCode {
        switch self {
        case .unknownTopicOrPartition, .notEnoughReplicas, .requestTimedOut:
            .coordinatorNotAvailable
        case .notLeaderForPartition, .kafkaStorageError: .notCoordinator
        case .messageTooLarge, .recordListTooLarge, .invalidFetchSize: .unknownServerError
        default: self
        }
    }
}
