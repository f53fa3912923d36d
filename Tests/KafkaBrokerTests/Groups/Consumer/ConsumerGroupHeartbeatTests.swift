import KafkaBase
import KafkaWire
import Testing

@testable import KafkaBroker

@Suite struct ConsumerGroupHeartbeatTests {
    private let harness = GroupHarness(TestTopics(["a": 4, "b": 2]))

    private func expect(
        _ code: ErrorCode, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        let error = #expect(throws: ApiError.self, sourceLocation: sourceLocation) { try body() }
        #expect(error?.code == code, sourceLocation: sourceLocation)
    }

    private func part(_ topic: String, _ partitions: [Int32]) -> PartitionSet {
        harness.topics.partitions([topic: partitions])
    }

    // MARK: Joining

    @Test func `The first member gets everything in its first answer`() throws {
        let response = try harness.join("m1", ["a", "b"])
        #expect(response.errorCode == .none)
        #expect(response.memberId == "m1")
        #expect(response.memberEpoch == 1)
        #expect(response.heartbeatIntervalMs == 5000)
        #expect(response.assigned == harness.topics.partitions(["a": [0, 1, 2, 3], "b": [0, 1]]))
        #expect(harness.group.state == .stable)
        #expect(harness.group.epoch == 1)
    }

    @Test func `Version 0 gives a member its id, version 1 wants it from the client`() throws {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = "g"
        request.rebalanceTimeoutMs = 1000
        request.subscribedTopicNames = ["a"]
        request.topicPartitions = []
        let response = try harness.send(request, apiVersion: 0)
        #expect(Uuid(response.memberId ?? "") != nil)
        expect(.invalidRequest) { try harness.send(request, apiVersion: 1) }
    }

    @Test func `A second member gets its part when the first has given it up`() throws {
        try harness.join("m1", ["a"])
        // Nothing is free yet.
        let joined = try harness.join("m2", ["a"])
        #expect(joined.memberEpoch == 2)
        #expect(joined.assigned == PartitionSet())
        #expect(harness.current("m2")?.state == .unreleasedPartitions)
        #expect(harness.group.state == .reconciling)
        // The first learns what it keeps, and stays in its epoch.
        let asked = try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1, 2, 3]))
        #expect(asked.memberEpoch == 1)
        #expect(asked.assigned == part("a", [0, 1]))
        #expect(harness.current("m1")?.pendingRevocation == part("a", [2, 3]))
        // As long as it has not given up, nobody else gets it.
        #expect(try harness.heartbeat("m2", epoch: 2, owned: .init()).assigned == nil)
        let still = try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1, 2]))
        #expect(still.memberEpoch == 1)
        let done = try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1]))
        #expect(done.memberEpoch == 2)
        #expect(done.assigned == nil)
        let given = try harness.heartbeat("m2", epoch: 2, owned: .init())
        #expect(given.assigned == part("a", [2, 3]))
        #expect(harness.group.state == .stable)
    }

    @Test func `Nothing is said of an assignment that has not changed, unless all is asked for`()
        throws
    {
        try harness.join("m1", ["a"])
        #expect(try harness.heartbeat("m1", epoch: 1).assignment == nil)
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = "g"
        request.memberId = "m1"
        request.memberEpoch = 1
        request.rebalanceTimeoutMs = 60_000
        request.subscribedTopicNames = ["a"]
        request.topicPartitions = .init(
            ConsumerGroupHeartbeatRequest.topics(of: part("a", [0, 1, 2, 3])))
        let records = harness.records.count
        #expect(try harness.send(request).assigned == part("a", [0, 1, 2, 3]))
        #expect(harness.records.count == records)
    }

    @Test func `A heartbeat that changes nothing writes nothing`() throws {
        try harness.join("m1", ["a"])
        let records = harness.records.count
        for _ in 0..<3 { try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1, 2, 3])) }
        #expect(harness.records.count == records)
    }

    @Test func `A member without topics is in the group, and has nothing`() throws {
        let response = try harness.join("m1", [])
        #expect(response.memberEpoch == 1)
        #expect(response.assigned == PartitionSet())
        #expect(harness.group.state == .stable)
    }

    @Test func `A full group takes nobody more`() throws {
        harness.settings.maxSize = 2
        try harness.join("m1", ["a"])
        try harness.join("m2", ["a"])
        expect(.groupMaxSizeReached) { try harness.join("m3", ["a"]) }
        // Those who are in it stay.
        try harness.join("m2", ["a"])
    }

    // MARK: Epochs

    @Test func `An epoch that is not the member's fences it`() throws {
        try harness.join("m1", ["a"])
        try harness.join("m2", ["a"])
        expect(.fencedMemberEpoch) { try harness.heartbeat("m1", epoch: 2) }
        try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1]))
        #expect(harness.current("m1")?.epoch == 2)
        // The answer was lost: the member has no more than it was told to have.
        let again = try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1]))
        #expect(again.memberEpoch == 2)
        expect(.fencedMemberEpoch) {
            try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1, 2]))
        }
        expect(.fencedMemberEpoch) { try harness.heartbeat("m1", epoch: 1) }
        expect(.unknownMemberId) { try harness.heartbeat("nobody", epoch: 1) }
    }

    @Test func `A member that was fenced joins again with what the group knows of it`() throws {
        try harness.join("m1", ["a"])
        try harness.join("m2", ["a"])
        try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1]))
        // It has given up everything, and says so.
        let response = try harness.join("m1", ["a"])
        #expect(response.memberEpoch == 2)
        #expect(response.assigned == part("a", [0, 1]))
    }

    @Test func `A member that joins again gives up what it was asked for`() throws {
        try harness.join("m1", ["a"])
        try harness.join("m2", ["a"])
        try harness.heartbeat("m1", epoch: 1)
        #expect(harness.current("m1")?.state == .unrevokedPartitions)
        #expect(try harness.join("m1", ["a"]).memberEpoch == 2)
        #expect(try harness.heartbeat("m2", epoch: 2).assigned == part("a", [2, 3]))
    }

    // MARK: Leaving

    @Test func `Who leaves sets its partitions free`() throws {
        try harness.join("m1", ["a"])
        try harness.join("m2", ["a"])
        let response = try harness.heartbeat("m1", epoch: -1)
        #expect(response.memberEpoch == -1)
        #expect(harness.group.members["m1"] == nil)
        #expect(harness.group.state == .assigning)
        let rest = try harness.heartbeat("m2", epoch: 2, owned: .init())
        #expect(rest.assigned == part("a", [0, 1, 2, 3]))
        #expect(rest.memberEpoch == 3)
        try harness.heartbeat("m2", epoch: -1)
        #expect(harness.group.state == .empty)
        expect(.unknownMemberId) { try harness.heartbeat("m2", epoch: -1) }
    }

    @Test func `A session that has expired ends the membership, a heartbeat prolongs it`() throws {
        try harness.join("m1", ["a"])
        try harness.join("m2", ["a"])
        harness.advance(byMs: 30_000)
        try harness.heartbeat("m2", epoch: 2, owned: .init())
        harness.advance(byMs: 15_000)
        #expect(harness.group.members.keys.sorted() == ["m2"])
        #expect(harness.group.epoch == 3)
        harness.advance(byMs: 29_999)
        #expect(!harness.group.isEmpty)
        harness.advance(byMs: 1)
        #expect(harness.group.isEmpty)
    }

    @Test func `Who does not give up in time is removed`() throws {
        try harness.join("m1", ["a"], rebalanceTimeoutMs: 8000)
        try harness.join("m2", ["a"])
        try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1, 2, 3]))
        for _ in 0..<7 {
            harness.advance(byMs: 1000)
            try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1, 2, 3]))
        }
        #expect(harness.group.members["m1"] != nil)
        harness.advance(byMs: 1000)
        #expect(harness.group.members["m1"] == nil)
        expect(.unknownMemberId) { try harness.heartbeat("m1", epoch: 1) }
    }

    @Test func `Who gives up in time is not removed`() throws {
        try harness.join("m1", ["a"], rebalanceTimeoutMs: 8000)
        try harness.join("m2", ["a"])
        try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1, 2, 3]))
        harness.advance(byMs: 7000)
        try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1]))
        harness.advance(byMs: 7000)
        #expect(harness.group.members["m1"] != nil)
    }

    // MARK: Static members

    @Test func `A static member that goes for a while finds what it had`() throws {
        try harness.join("m1", ["a"], instance: "i1")
        try harness.join("m2", ["a"], instance: "i2")
        try harness.heartbeat("m1", epoch: 1, owned: part("a", [0, 1]), instance: "i1")
        let gone = try harness.heartbeat("m1", epoch: -2, instance: "i1")
        #expect(gone.memberEpoch == -2)
        #expect(harness.group.epoch == 2)
        // Nobody else gets it meanwhile.
        #expect(
            try harness.heartbeat("m2", epoch: 2, owned: .init(), instance: "i2").assigned
                == part("a", [2, 3]))
        let back = try harness.join("m9", ["a"], instance: "i1")
        #expect(back.memberEpoch == 2)
        #expect(back.assigned == part("a", [0, 1]))
        #expect(harness.group.epoch == 2)
        #expect(harness.group.members.keys.sorted() == ["m2", "m9"])
        expect(.fencedInstanceId) { try harness.heartbeat("m1", epoch: 2, instance: "i1") }
    }

    @Test func `A static member comes back under its own id`() throws {
        try harness.join("m1", ["a"], instance: "i1")
        try harness.heartbeat("m1", epoch: -2, instance: "i1")
        let back = try harness.join("m1", ["a"], instance: "i1")
        #expect(back.assigned == part("a", [0, 1, 2, 3]))
        harness.advance(byMs: 44_999)
        #expect(harness.group.members["m1"] != nil)
    }

    @Test func `An instance id that is in use is not given to another`() throws {
        try harness.join("m1", ["a"], instance: "i1")
        expect(.unreleasedInstanceId) { try harness.join("m2", ["a"], instance: "i1") }
        expect(.unknownMemberId) { try harness.heartbeat("m1", epoch: 1, instance: "i9") }
        try harness.heartbeat("m1", epoch: -1, instance: "i1")
        try harness.join("m2", ["a"], instance: "i1")
    }

    @Test func `A static member that does not come back is removed`() throws {
        try harness.join("m1", ["a"], instance: "i1")
        try harness.heartbeat("m1", epoch: -2, instance: "i1")
        harness.advance(byMs: 45_000)
        #expect(harness.group.isEmpty)
        #expect(harness.group.staticMember("i1") == nil)
    }

    // MARK: Subscriptions and topics

    @Test func `Another subscription asks for another assignment`() throws {
        try harness.join("m1", ["a"])
        let response = try harness.heartbeat(
            "m1", epoch: 1, owned: part("a", [0, 1, 2, 3]), subscribes: ["b"])
        #expect(response.memberEpoch == 1)
        #expect(response.assigned == PartitionSet())
        let next = try harness.heartbeat("m1", epoch: 1, owned: .init())
        #expect(next.memberEpoch == 2)
        #expect(next.assigned == part("b", [0, 1]))
    }

    @Test func `Topics that grow, come and go are noticed`() throws {
        try harness.join("m1", ["a", "c"])
        harness.topics.set("a", 5)
        let grown = try harness.heartbeat("m1", epoch: 1)
        #expect(grown.memberEpoch == 2)
        #expect(grown.assigned == part("a", [0, 1, 2, 3, 4]))
        harness.topics.set("c", 1)
        let made = try harness.heartbeat("m1", epoch: 2)
        #expect(made.assigned == harness.topics.partitions(["a": [0, 1, 2, 3, 4], "c": [0]]))
        let gone = part("a", [0, 1, 2, 3, 4])
        harness.topics.delete("a")
        let deleted = try harness.heartbeat("m1", epoch: 3, owned: gone.union(part("c", [0])))
        #expect(deleted.assigned == part("c", [0]))
        // Others do not concern it.
        harness.topics.set("z", 9)
        let records = harness.records.count
        try harness.heartbeat("m1", epoch: 3, owned: part("c", [0]))
        #expect(harness.current("m1")?.epoch == 4)
        #expect(harness.records.count == records + 1)
    }

    @Test func `A topic that was made again under its name is another one`() throws {
        try harness.join("m1", ["b"])
        let old = part("b", [0, 1])
        harness.topics.delete("b")
        harness.topics.set("b", 2)
        let asked = try harness.heartbeat("m1", epoch: 1, owned: old)
        #expect(asked.assigned == PartitionSet())
        #expect(
            try harness.heartbeat("m1", epoch: 1, owned: .init()).assigned == part("b", [0, 1]))
    }

    @Test func `Members choose the assignor, most of them`() throws {
        harness.topics.set("c", 3)
        harness.topics.set("d", 3)
        try harness.join("m1", ["c", "d"], assignor: "range")
        try harness.join("m2", ["c", "d"])
        #expect(
            harness.group.target["m1"] == harness.topics.partitions(["c": [0, 1], "d": [0, 1]]))
        #expect(harness.group.description(harness.context).assignorName == "range")
        expect(.unsupportedAssignor) { try harness.join("m3", ["c"], assignor: "sticky") }
    }

    // MARK: Regular expressions

    @Test func `A regular expression stands for topics that match, now and later`() throws {
        harness.topics.set("ab", 1)
        #expect(try harness.join("m1", pattern: "a.*").assigned == PartitionSet())
        harness.resolvePatterns()
        let response = try harness.heartbeat("m1", epoch: 1)
        #expect(
            response.assigned == harness.topics.partitions(["a": [0, 1, 2, 3], "ab": [0]]))
        harness.topics.set("ac", 2)
        let more = try harness.heartbeat("m1", epoch: 2)
        #expect(more.memberEpoch == 3)
        #expect(
            more.assigned
                == harness.topics.partitions(["a": [0, 1, 2, 3], "ab": [0], "ac": [0, 1]]))
        #expect(harness.group.isSubscribed(to: "ac"))
        try harness.heartbeat("m1", epoch: -1)
        #expect(harness.group.patterns.isEmpty)
    }

    @Test func `Names and a regular expression add up`() throws {
        #expect(try harness.join("m1", ["b"], pattern: "a").assigned == part("b", [0, 1]))
        harness.resolvePatterns()
        let response = try harness.heartbeat("m1", epoch: 1)
        #expect(
            response.assigned == harness.topics.partitions(["a": [0, 1, 2, 3], "b": [0, 1]]))
    }

    @Test func `A regular expression can be changed and given up`() throws {
        try harness.join("m1", pattern: "a")
        harness.resolvePatterns()
        #expect(try harness.heartbeat("m1", epoch: 1).assigned == part("a", [0, 1, 2, 3]))
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = "g"
        request.memberId = "m1"
        request.memberEpoch = 2
        request.subscribedTopicRegex = "b"
        // What it has stays with it until it is known what the new one stands for.
        #expect(try harness.send(request).assigned == nil)
        #expect(harness.group.patterns.isEmpty && harness.group.hasUnresolvedPatterns)
        harness.resolvePatterns()
        request.topicPartitions = []
        request.subscribedTopicRegex = nil
        #expect(try harness.send(request).assigned == part("b", [0, 1]))
        #expect(Array(harness.group.patterns.keys) == ["b"])
        request.memberEpoch = 3
        request.subscribedTopicRegex = ""
        #expect(try harness.send(request).assigned == PartitionSet())
        #expect(harness.group.patterns.isEmpty)
    }

    @Test func `A regular expression does not match topics that the member may not know of`()
        throws
    {
        harness.topics.set("ab", 1)
        harness.hidden = ["ab"]
        try harness.join("m1", pattern: "a.*")
        harness.resolvePatterns()
        #expect(try harness.heartbeat("m1", epoch: 1).assigned == part("a", [0, 1, 2, 3]))
        // A topic that comes later is no other.
        harness.hidden = ["ab", "ac"]
        harness.topics.set("ac", 1)
        #expect(try harness.heartbeat("m1", epoch: 2).assigned == nil)
        // Nothing but the ACLs has changed, once and back.
        harness.hidden = []
        #expect(try harness.heartbeat("m1", epoch: 2).assigned == nil)
        harness.aclsVersion += 1
        #expect(
            try harness.heartbeat("m1", epoch: 2).assigned
                == harness.topics.partitions(["a": [0, 1, 2, 3], "ab": [0], "ac": [0]]))
        harness.hidden = ["a", "ac"]
        harness.aclsVersion += 1
        #expect(try harness.heartbeat("m1", epoch: 3).assigned == part("ab", [0]))
    }

    @Test func `A regular expression that is none is refused, and nothing has happened`() throws {
        expect(.invalidRegularExpression) { try harness.join("m1", pattern: "a(") }
        #expect(harness.group.isEmpty)
        #expect(harness.records.isEmpty)
    }

    // MARK: Restarts

    @Test func `Members are there again after a restart, and have to be heard of`() throws {
        try harness.join("m1", ["a"], instance: "i1")
        try harness.join("m2", ["a"])
        try harness.heartbeat("m1", epoch: 1, instance: "i1")
        let before = harness.group
        harness.restart()
        #expect(harness.group == before)
        // Unchanged topics are no reason for a new assignment.
        let response = try harness.heartbeat(
            "m1", epoch: 1, owned: part("a", [0, 1]), instance: "i1")
        #expect(response.memberEpoch == 2)
        #expect(harness.group.epoch == 2)
        harness.advance(byMs: 45_000)
        #expect(harness.group.isEmpty)
    }

    @Test func `Topics that changed while nobody looked are noticed after a restart`() throws {
        try harness.join("m1", ["a"])
        harness.topics.set("a", 6)
        harness.restart()
        #expect(try harness.heartbeat("m1", epoch: 1).assigned?.count == 6)
    }

    @Test func `Tombstones leave nothing`() throws {
        try harness.join("m1", ["a"], pattern: "b")
        harness.resolvePatterns()
        try harness.join("m2", ["a"])
        var draft = ConsumerGroupDraft(harness.group)
        draft.writeTombstones()
        harness.commit(draft, isRefreshed: false)
        #expect(harness.group.isDeleted)
        #expect(harness.group.isEmpty)
        #expect(harness.group.target.isEmpty && harness.group.patterns.isEmpty)
        #expect(harness.live.deadlines.nextMs == nil)
    }
}
