import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

/// Groups that go from one protocol to the other with members in them.
@Suite struct GroupMigrationTests {
    private let world = GroupWorld.withoutDelay()

    init() { world.surroundings.topics.set("t", 4) }

    private func all(_ partitions: [Int32]) -> PartitionSet {
        world.surroundings.topics.partitions(["t": partitions])
    }

    private func text(_ partitions: [Int32]) -> String { GroupWorld.assignment("t", partitions) }

    private func join(
        _ memberID: String = "", instance: String? = nil
    ) -> JoinGroupResponse? {
        let answer = world.join(
            memberID, instance: instance, protocols: [("range", GroupWorld.subscription("t"))])
        world.settle()
        return answer.value
    }

    private func sync(
        _ memberID: String, _ generation: Int32, instance: String? = nil,
        _ assignments: [String: String] = [:]
    ) -> SyncGroupResponse? {
        let answer = world.sync(
            memberID, generation: generation, instance: instance, assignments: assignments)
        world.settle()
        return answer.value
    }

    /// A group of the classic protocol whose one member has all partitions.
    private func classicMember(instance: String? = nil) -> String {
        var id = join(instance: instance)?.memberId ?? ""
        if instance == nil { id = join(id)?.memberId ?? "" }
        _ = sync(id, 1, instance: instance, [id: text([0, 1, 2, 3])])
        return id
    }

    @Test func `A group is upgraded by a member that joins, and its members follow`() {
        let old = classicMember()
        #expect(world.consumeNow("new").errorCode == .none)
        #expect(world.group() == nil)
        #expect(world.consumerGroup()?.members.count == 2)
        #expect(world.consumeNow("new", epoch: 2, owned: PartitionSet()).assigned == nil)
        // The old one joins again to give up half, and once more when it has.
        #expect(world.heartbeat(old, generation: 1) == .rebalanceInProgress)
        let generation = join(old)?.generationId ?? -1
        #expect(generation == 2)
        let assigned = sync(old, generation)?.assignment
        #expect(assigned?.readableBytes == text([0, 1]).utf8.count)
        #expect(world.heartbeat(old, generation: generation) == .none)
        let given = world.consumeNow("new", epoch: 2, owned: PartitionSet()).assigned
        #expect(given?.count == 2)
        #expect(world.consumerGroup()?.state == .stable)
        // It is all in the log.
        let before = world.consumerGroup()
        world.restart()
        #expect(world.consumerGroup() == before)
        #expect(world.heartbeat(old, generation: generation) == .none)
    }

    @Test func `A group is downgraded when the last member of the new protocol goes`() {
        let old = classicMember()
        _ = world.consumeNow("new")
        let generation = join(old)?.generationId ?? -1
        _ = sync(old, generation)
        #expect(world.consumeNow("new", epoch: -1).errorCode == .none)
        #expect(world.consumerGroup() == nil)
        #expect(world.group()?.state == .preparingRebalance)
        #expect(world.heartbeat(old, generation: generation) == .rebalanceInProgress)
        let replayed = world.replayed().groups["g"] as? ClassicGroup
        #expect(replayed?.members.keys.sorted() == [old])
        let next = join(old)
        #expect(next?.generationId == generation + 1)
        #expect(next?.leader == old)
        _ = sync(old, generation + 1, [old: text([0, 1, 2, 3])])
        #expect(world.heartbeat(old, generation: generation + 1) == .none)
        #expect(world.group()?.state == .stable)
    }

    @Test func `A member that is missed is enough for a downgrade`() {
        let old = classicMember()
        _ = world.consumeNow("new")
        let generation = join(old)?.generationId ?? -1
        _ = sync(old, generation)
        for _ in 0..<10 {
            world.advance(byMs: 5000)
            _ = world.heartbeat(old, generation: generation)
        }
        #expect(world.group()?.members.keys.sorted() == [old])
    }

    @Test func `A static member goes over to either protocol, and has what it had`() {
        let old = classicMember(instance: "i")
        let answer = world.consumeNow("new", instance: "i")
        #expect(answer.assigned == all([0, 1, 2, 3]))
        #expect(world.consumerGroup()?.members.keys.sorted() == ["new"])
        #expect(
            world.heartbeat(old, generation: 1) == .unknownMemberId)
        let back = join(instance: "i")
        #expect(world.group()?.state == .stable)
        let assigned = sync(back?.memberId ?? "", back?.generationId ?? -1, instance: "i")
        #expect(assigned?.assignment.readableBytes == text([0, 1, 2, 3]).utf8.count)
    }

    @Test(arguments: [
        (ConsumerGroupSettings.MigrationPolicy.disabled, false, false), (.upgrade, true, false),
        (.downgrade, false, true), (.bidirectional, true, true),
    ])
    func `The policy says which way a group may go`(
        _ policy: ConsumerGroupSettings.MigrationPolicy, _ up: Bool, _ down: Bool
    ) {
        let old = classicMember()
        world.surroundings.settings.migrationPolicy = policy
        #expect(world.consumeNow("new").errorCode == (up ? .none : .groupIdNotFound))
        #expect((world.consumerGroup() != nil) == up)
        world.surroundings.settings.migrationPolicy = .upgrade
        _ = world.consumeNow("new")
        _ = join(old)
        world.surroundings.settings.migrationPolicy = policy
        _ = world.consumeNow("new", epoch: -1)
        #expect((world.group() != nil) == down)
    }

    @Test func `A group whose members do not tell what they read stays as it is`() {
        _ = world.stableGroup(metadata: "?")
        #expect(world.consumeNow("new").errorCode == .groupIdNotFound)
        #expect(world.group()?.state == .stable)
        let other = world.join(group: "connect", version: 3, type: "connect")
        world.settle()
        #expect(other.value?.errorCode == ErrorCode.none)
        #expect(world.consumeNow("new", group: "connect").errorCode == .groupIdNotFound)
    }

    @Test func `A rebalance that is under way goes on in the upgraded group`() {
        let old = classicMember()
        let other = join()?.memberId ?? ""
        let waiting = world.join(
            other, protocols: [("range", GroupWorld.subscription("t"))])
        #expect(world.group()?.state == .preparingRebalance)
        _ = world.consumeNow("new")
        #expect(waiting.value?.errorCode == .rebalanceInProgress)
        #expect(world.consumerGroup()?.members.keys.sorted() == [old, other, "new"].sorted())
        #expect(join(other)?.errorCode == ErrorCode.none)
    }

    @Test func `Without members a group changes its protocol as it is`() {
        let old = classicMember()
        _ = world.leave((old, nil))
        world.settle()
        _ = world.consumeNow("new")
        #expect(world.consumerGroup()?.members.count == 1)
        _ = world.consumeNow("new", epoch: -1)
        #expect(join(classicMember())?.errorCode == ErrorCode.none)
        #expect(world.consumerGroup() == nil)
        #expect(world.replayed().groups["g"] is ClassicGroup)
    }

    @Test func `Members leave whichever protocol they speak`() {
        let old = classicMember()
        _ = world.consumeNow("new", instance: "i")
        let answer = world.leave((old, nil), ("", "i"), ("nobody", nil))
        world.settle()
        #expect(
            answer.value?.members.map(\.errorCode) == [.none, .none, .unknownMemberId])
        // Administrators look for whom they named.
        #expect(answer.value?.members.map(\.memberId) == [old, "", "nobody"])
        #expect(world.consumerGroup()?.isEmpty == true)
    }

    @Test func `Members of the classic protocol that do not follow are removed`() {
        let old = classicMember()
        _ = world.consumeNow("new")
        let epoch: Int32 = 2
        for _ in 0..<13 {
            world.advance(byMs: 5000)
            _ = world.heartbeat(old, generation: 1)
            _ = world.consumeNow("new", epoch: epoch)
        }
        #expect(world.consumerGroup()?.members.keys.sorted() == ["new"])
    }
}
