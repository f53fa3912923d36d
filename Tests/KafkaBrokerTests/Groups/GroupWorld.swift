import KafkaBase
import KafkaRecords
import KafkaWire
import Logging
import NIOConcurrencyHelpers
import NIOCore

@testable import KafkaBroker

/// A group coordinator with a log and a clock in memory, both of which the test holds.
final class GroupWorld {
    private(set) var coordinator: GroupCoordinator
    let log = GroupLog()
    let settings: GroupSettings
    let surroundings = GroupSurroundings()
    private let time: NIOLockedValueBox<Int64>

    init(_ settings: GroupSettings = GroupSettings()) {
        let time = NIOLockedValueBox<Int64>(1_000_000)
        self.time = time
        self.settings = settings
        coordinator = GroupWorld.coordinator(log, settings, surroundings, time)
        coordinator.didLoad(nowMs: nowMs)
    }

    /// Members need not wait for others that come.
    static func withoutDelay() -> GroupWorld {
        var settings = GroupSettings()
        settings.initialRebalanceDelayMs = 0
        return GroupWorld(settings)
    }

    private static func coordinator(
        _ log: GroupLog, _ settings: GroupSettings, _ surroundings: GroupSurroundings,
        _ time: NIOLockedValueBox<Int64>
    ) -> GroupCoordinator {
        GroupCoordinator(
            log: log, settings: settings, consumers: surroundings.environment,
            clock: KafkaClock { time.withLockedValue { $0 } },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    var nowMs: Int64 { time.withLockedValue { $0 } }

    func group(_ id: String = "g") -> ClassicGroup? { coordinator.groups[id] as? ClassicGroup }

    // MARK: Time

    /// Makes time pass; what is due happens at its time, and what is appended becomes durable.
    func advance(byMs ms: Int64) {
        let endMs = nowMs + ms
        log.flush()
        while let deadlineMs = coordinator.nextDeadlineMs, deadlineMs <= endMs {
            time.withLockedValue { $0 = max($0, deadlineMs) }
            coordinator.tick(nowMs: nowMs)
            log.flush()
        }
        time.withLockedValue { $0 = endMs }
    }

    /// Without waiting for anything.
    func settle() { advance(byMs: 0) }

    /// Another coordinator takes over from the log.
    ///
    /// - Parameter lost: how many of the batches that are not durable are lost.
    func restart(losing lost: Int = 0) {
        coordinator.close()
        log.crash(losing: lost)
        coordinator = replayed()
        coordinator.didLoad(nowMs: nowMs)
    }

    /// A coordinator that has read the log and nothing more.
    func replayed() -> GroupCoordinator {
        let coordinator = GroupWorld.coordinator(log, settings, surroundings, time)
        for batch in log.batches { coordinator.replay(batch) }
        return coordinator
    }

    // MARK: Members

    func join(
        _ memberID: String = "", group: String = "g", instance: String? = nil, version: Int16 = 9,
        protocols: [(String, String)] = [("range", "")], type: String = "consumer",
        sessionMs: Int32 = 10_000, rebalanceMs: Int32 = 60_000
    ) -> GroupAnswer<JoinGroupResponse> {
        var request = JoinGroupRequest()
        request.groupId = group
        request.memberId = memberID
        request.groupInstanceId = instance
        request.sessionTimeoutMs = sessionMs
        request.rebalanceTimeoutMs = rebalanceMs
        request.protocolType = type
        request.protocols = protocols.map { name, metadata in
            var known = JoinGroupRequest.JoinGroupRequestProtocol()
            known.name = name
            known.metadata = ByteBuffer(string: metadata)
            return known
        }
        let answer = GroupAnswer<JoinGroupResponse>()
        coordinator.join(
            JoinAttempt(
                request: request, client: GroupClient(id: "client", host: "/1.2.3.4"),
                version: version
            ) { answer.give($0) })
        return answer
    }

    /// The id that a new member is given to come again with.
    func newMemberID(group: String = "g", sessionMs: Int32 = 10_000) -> String {
        join(group: group, sessionMs: sessionMs).value?.memberId ?? ""
    }

    func sync(
        _ memberID: String, generation: Int32, group: String = "g", instance: String? = nil,
        assignments: [String: String] = [:], type: String? = "consumer", name: String? = "range",
        version: Int16 = 5
    ) -> GroupAnswer<SyncGroupResponse> {
        var request = SyncGroupRequest()
        request.groupId = group
        request.memberId = memberID
        request.groupInstanceId = instance
        request.generationId = generation
        request.protocolType = type
        request.protocolName = name
        request.assignments = assignments.map { memberID, content in
            var assignment = SyncGroupRequest.SyncGroupRequestAssignment()
            assignment.memberId = memberID
            assignment.assignment = ByteBuffer(string: content)
            return assignment
        }
        let answer = GroupAnswer<SyncGroupResponse>()
        coordinator.sync(request, version: version) { answer.give($0) }
        return answer
    }

    func heartbeat(
        _ memberID: String, generation: Int32, group: String = "g", instance: String? = nil
    ) -> ErrorCode {
        var request = HeartbeatRequest()
        request.groupId = group
        request.memberId = memberID
        request.generationId = generation
        request.groupInstanceId = instance
        return coordinator.heartbeat(request)
    }

    func leave(
        _ members: (id: String, instance: String?)..., group: String = "g"
    ) -> GroupAnswer<LeaveGroupResponse> {
        let answer = GroupAnswer<LeaveGroupResponse>()
        let identities = members.map { member in
            var identity = LeaveGroupRequest.MemberIdentity()
            identity.memberId = member.id
            identity.groupInstanceId = member.instance
            return identity
        }
        coordinator.leave(group, identities) { answer.give($0) }
        return answer
    }

    /// A group whose members have joined and hold an assignment, their names; in the order of
    /// their ids.
    ///
    /// - Returns: the members' ids, the leader's first.
    func stableGroup(
        _ group: String = "g", members count: Int = 1, metadata: String = "",
        sessionMs: Int32 = 10_000
    ) -> [String] {
        let ids = (0..<count).map { _ in newMemberID(group: group, sessionMs: sessionMs) }
        let joins = ids.map {
            join($0, group: group, protocols: [("range", metadata)], sessionMs: sessionMs)
        }
        advance(byMs: settings.initialRebalanceDelayMs)
        guard let leader = joins.first?.value else { return [] }
        let syncs = ids.map {
            sync(
                $0, generation: leader.generationId, group: group,
                assignments: $0 == leader.leader
                    ? Dictionary(uniqueKeysWithValues: ids.map { ($0, $0) }) : [:])
        }
        settle()
        return syncs.allSatisfy { $0.value?.errorCode == ErrorCode.none }
            ? [leader.leader] + ids.filter { $0 != leader.leader } : []
    }

    // MARK: Offsets

    func commit(
        _ offset: Int64, group: String = "g", topic: String = "t", partition: Int32 = 0,
        member: String = "", instance: String? = nil, generation: Int32 = -1,
        metadata: String? = nil, retentionMs: Int64? = nil, producer: Int64? = nil,
        version: Int16 = 8
    ) -> GroupAnswer<[ErrorCode]> {
        let answer = GroupAnswer<[ErrorCode]>()
        var commit = OffsetCommit(
            groupID: group,
            committer: OffsetCommitter(
                memberID: member, instanceID: instance, generation: generation,
                isTransactional: producer != nil, version: version),
            retentionMs: retentionMs,
            entries: [
                .init(
                    topic: topic, partition: partition, offset: offset, leaderEpoch: -1,
                    metadata: metadata)
            ])
        if let producer {
            commit.producer = .init(id: producer, epoch: 0, baseSequence: -1, isTransactional: true)
        }
        coordinator.commit(commit) { answer.give($0) }
        return answer
    }

    /// What a commit is answered at once.
    func commitNow(
        _ offset: Int64, group: String = "g", topic: String = "t", partition: Int32 = 0,
        member: String = "", generation: Int32 = -1, producer: Int64? = nil
    ) -> ErrorCode? {
        let answer = commit(
            offset, group: group, topic: topic, partition: partition, member: member,
            generation: generation, producer: producer)
        settle()
        return answer.value?.first
    }

    /// Ends a transaction, as a marker in the log does.
    func end(_ producer: Int64, commit: Bool) {
        let batch = CoordinatorBatch(
            baseOffset: 0, producerID: producer, producerEpoch: 0, isTransactional: true,
            maxTimestamp: nowMs,
            content: .marker(EndTransactionMarker(isCommit: commit, coordinatorEpoch: 0)))
        log.add(batch)
        coordinator.replay(batch)
    }

    func fetch(
        group: String = "g", topic: String = "t", partition: Int32 = 0, stable: Bool = false
    ) -> (offset: Int64, metadata: String?, error: ErrorCode) {
        var asked = OffsetFetchRequest.OffsetFetchRequestGroup()
        asked.groupId = group
        var topics = OffsetFetchRequest.OffsetFetchRequestTopics()
        topics.name = topic
        topics.partitionIndexes = [partition]
        asked.topics = [topics]
        let answer = coordinator.fetchOffsets(asked, requiresStable: stable)
        guard answer.errorCode == .none, let found = answer.topics.first?.partitions.first else {
            return (-1, nil, answer.errorCode)
        }
        return (found.committedOffset, found.metadata, found.errorCode)
    }

    func delete(_ group: String = "g") -> ErrorCode? {
        let answer = GroupAnswer<ErrorCode>()
        coordinator.delete(group) { answer.give($0) }
        settle()
        return answer.value
    }

    func deleteOffsets(_ topic: String, group: String = "g") -> Result<[ErrorCode], ApiError>? {
        let answer = GroupAnswer<Result<[ErrorCode], ApiError>>()
        coordinator.deleteOffsets(of: group, [TopicPartition(topic: topic, partition: 0)]) {
            answer.give($0)
        }
        settle()
        return answer.value
    }

    /// A consumer's subscription, as its metadata carries it.
    static func subscription(_ topics: String...) -> String {
        var writer = WireWriter(ByteBuffer())
        writer.writeInteger(Int16(0))
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = topics
        // All of it is text then.
        subscription.userData = ByteBuffer()
        guard (try? subscription.encode(to: &writer, version: 0)) != nil else { return "" }
        return String(buffer: writer.buffer)
    }
}

/// What a request was answered with; at most once.
final class GroupAnswer<Value: Sendable>: Sendable {
    private let box = NIOLockedValueBox<Value?>(nil)

    /// Nil while it waits.
    var value: Value? { box.withLockedValue { $0 } }

    func give(_ value: Value) {
        box.withLockedValue {
            precondition($0 == nil, "answered twice")
            $0 = value
        }
    }
}

/// A coordinator's log in memory.
final class GroupLog: CoordinatorLog {
    private(set) var batches: [CoordinatorBatch] = []
    /// Of those that are not durable yet, which are the last ones.
    private var waiting: [@Sendable (ErrorCode) -> Void] = []
    /// Why nothing can be appended; nil while it can.
    var failure: ErrorCode?
    /// What becomes of batches that are flushed.
    var outcome = ErrorCode.none

    func append(
        _ records: [CoordinatorRecord], producer: RecordBatchBuilder.ProducerState, nowMs: Int64,
        then: @escaping @Sendable (ErrorCode) -> Void
    ) throws(ApiError) {
        if let failure { throw ApiError(failure) }
        batches.append(
            CoordinatorBatch(
                baseOffset: Int64(batches.count), producerID: producer.id,
                producerEpoch: producer.epoch, isTransactional: producer.isTransactional,
                maxTimestamp: nowMs, content: .records(records)))
        waiting.append(then)
    }

    /// One that others have written.
    func add(_ batch: CoordinatorBatch) {
        flush()
        batches.append(batch)
    }

    /// Tells who waits, and who then begins to wait, that their batches are durable.
    func flush() {
        while !waiting.isEmpty {
            let done = waiting
            waiting = []
            for then in done { then(outcome) }
        }
    }

    var unflushedCount: Int { waiting.count }

    func crash(losing lost: Int) {
        precondition(lost <= waiting.count, "what is durable is not lost")
        batches.removeLast(lost)
        waiting = []
    }

    /// The records of all batches, behind one another.
    var records: [CoordinatorRecord] {
        batches.flatMap { batch -> [CoordinatorRecord] in
            if case .records(let records) = batch.content { return records }
            return []
        }
    }
}
