import KafkaBase
import KafkaWire

@testable import KafkaBroker

/// Topics that tests make and change.
struct TestTopics: TopicCatalog {
    private(set) var version: Int64 = 1
    private(set) var topics: [String: ConsumerGroup.Topic] = [:]
    private var nextID: UInt64 = 1

    init(_ topics: KeyValuePairs<String, Int32> = [:]) {
        for (name, partitions) in topics { set(name, partitions) }
    }

    var names: [String] { Array(topics.keys) }
    func topic(_ name: String) -> ConsumerGroup.Topic? { topics[name] }
    func name(of id: Uuid) -> String? { topics.first { $0.value.id == id }?.key }

    /// Makes a topic, or gives it more partitions.
    mutating func set(_ name: String, _ partitions: Int32) {
        let id = topics[name]?.id ?? Uuid(high: 0x4000, low: 1 << 63 | nextID)
        nextID += 1
        topics[name] = .init(id: id, partitions: partitions)
        version += 1
    }

    mutating func delete(_ name: String) {
        topics[name] = nil
        version += 1
    }

    func partitions(_ parts: KeyValuePairs<String, [Int32]>) -> PartitionSet {
        PartitionSet(parts.map { (topics[$0.key]?.id ?? .zero, $0.value) })
    }
}

/// A consumer group under a clock of its own, with its records in memory.
final class GroupHarness {
    var live = LiveConsumerGroup(id: "g")
    var records: [ConsumerGroupRecord] = []
    var nowMs: Int64 = 1_000_000
    var topics: TestTopics
    var settings = ConsumerGroupSettings()
    /// Of the ACLs, and of whoever sends heartbeats.
    var aclsVersion: Int64 = 0
    var hidden: Set<String> = []

    init(_ topics: TestTopics) { self.topics = topics }

    var context: ConsumerGroupContext {
        let hidden = hidden
        return ConsumerGroupContext(
            nowMs: nowMs, topics: topics, settings: settings, aclsVersion: aclsVersion,
            view: TopicView { !hidden.contains($0) })
    }

    var group: ConsumerGroup { live.group }

    /// What a member has by the records.
    func current(_ memberID: String) -> ConsumerGroupMember.Current? {
        group.members[memberID]?.current
    }

    @discardableResult
    func send(
        _ request: ConsumerGroupHeartbeatRequest, apiVersion: Int16 = 1
    ) throws -> ConsumerGroupHeartbeatResponse {
        try HeartbeatRules.check(request, apiVersion: apiVersion, assignors: settings.assignors)
        var draft = ConsumerGroupDraft(live.group)
        let response = try draft.heartbeat(
            request, from: GroupClient(id: "c", host: "/127.0.0.1"),
            refreshes: live.needsRefresh(context), context)
        commit(draft, isRefreshed: request.memberEpoch >= 0)
        return response
    }

    /// Joins with names, or with a regular expression.
    @discardableResult
    func join(
        _ memberID: String, _ names: [String]? = nil, pattern: String? = nil,
        instance: String? = nil, assignor: String? = nil, rebalanceTimeoutMs: Int32 = 60_000
    ) throws -> ConsumerGroupHeartbeatResponse {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = group.id
        request.memberId = memberID
        request.instanceId = instance
        request.rebalanceTimeoutMs = rebalanceTimeoutMs
        request.subscribedTopicNames = names
        request.subscribedTopicRegex = pattern
        request.serverAssignor = assignor
        request.topicPartitions = []
        return try send(request)
    }

    /// A heartbeat that says what the member has, where that is given.
    @discardableResult
    func heartbeat(
        _ memberID: String, epoch: Int32, owned: PartitionSet? = nil, instance: String? = nil,
        subscribes names: [String]? = nil
    ) throws -> ConsumerGroupHeartbeatResponse {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = group.id
        request.memberId = memberID
        request.memberEpoch = epoch
        request.instanceId = instance
        request.subscribedTopicNames = names
        request.topicPartitions = owned.map(ConsumerGroupHeartbeatRequest.topics(of:))
        return try send(request)
    }

    /// Does what the coordinator does after a heartbeat that brought a new expression.
    func resolvePatterns() {
        var draft = ConsumerGroupDraft(live.group)
        draft.resolvePatterns(context)
        commit(draft, isRefreshed: false)
    }

    /// Lets time pass; who is late is removed.
    func advance(byMs ms: Int64) {
        nowMs += ms
        let due = Set(live.takeDue(nowMs: nowMs).map(\.memberID))
        let members = due.filter { group.members[$0] != nil }.sorted()
        guard !members.isEmpty else { return }
        var draft = ConsumerGroupDraft(live.group)
        draft.remove(members, context)
        commit(draft, isRefreshed: false)
    }

    /// Starts again from the records alone.
    func restart() {
        live = LiveConsumerGroup(id: "g")
        for record in records { live.apply(record) }
        live.didLoad(context)
    }

    func commit(_ draft: ConsumerGroupDraft, isRefreshed: Bool) {
        records += draft.records
        live.commit(draft, isRefreshed: isRefreshed, context)
    }
}

extension ConsumerGroupHeartbeatRequest {
    static func topics(of partitions: PartitionSet) -> [TopicPartitions] {
        partitions.sorted.map { topic, partitions in
            var part = TopicPartitions()
            part.topicId = topic
            part.partitions = partitions
            return part
        }
    }
}

extension ConsumerGroupHeartbeatResponse {
    /// Nil when the answer says nothing of it.
    var assigned: PartitionSet? {
        assignment.map { assignment in
            PartitionSet(assignment.topicPartitions.map { ($0.topicId, $0.partitions) })
        }
    }
}
