import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

/// Members with `group.instance.id` (KIP-345).
struct StaticMemberTests {
    /// Stable with two static members, the leader "a" and the other "b".
    private static func group() -> (GroupWorld, a: String, b: String) {
        let world = GroupWorld.withoutDelay()
        let first = world.join(instance: "a")
        world.settle()
        let a = first.value?.memberId ?? ""
        let second = world.join(instance: "b")
        let rejoin = world.join(a, instance: "a")
        world.settle()
        let b = second.value?.memberId ?? ""
        let syncs = [("b", b), ("a", a)].map {
            world.sync($1, generation: 2, instance: $0, assignments: [a: "of a", b: "of b"])
        }
        world.settle()
        #expect(rejoin.value?.leader == a)
        #expect(syncs.map { $0.value?.errorCode } == [ErrorCode.none, ErrorCode.none])
        #expect(world.group()?.state == .stable)
        return (world, a, b)
    }

    /// It needs no id to come again with: its instance tells who it is.
    @Test func aStaticMemberJoinsAtOnce() {
        let world = GroupWorld.withoutDelay()
        let join = world.join(instance: "a")
        world.settle()
        #expect(join.value?.errorCode == ErrorCode.none)
        #expect(join.value?.memberId.hasPrefix("a-") == true)
        #expect(join.value?.members.map(\.groupInstanceId) == ["a"])
    }

    @Test(arguments: [5, 8, 9])
    func aFollowerComesAgainWithoutARebalance(_ version: Int16) {
        let (world, a, b) = Self.group()
        let join = world.join(instance: "b", version: version)
        world.settle()
        #expect(join.value?.errorCode == ErrorCode.none)
        #expect(join.value?.generationId == 2)
        #expect(join.value?.leader == a)
        #expect(join.value?.members.isEmpty == true)
        #expect(join.value?.skipAssignment == false)
        let new = join.value?.memberId ?? ""
        #expect(new != b)
        let sync = world.sync(new, generation: 2, instance: "b")
        #expect(sync.value.map { String(buffer: $0.assignment) } == "of b")
        #expect(world.heartbeat(b, generation: 2, instance: "b") == .fencedInstanceId)
        #expect(world.heartbeat(a, generation: 2, instance: "a") == .none)
    }

    /// KIP-814: it must not assign anew, but has to watch the topics.
    @Test func aLeaderIsToldToSkipTheAssignment() {
        let (world, a, _) = Self.group()
        let join = world.join(instance: "a", version: 9)
        world.settle()
        #expect(join.value?.skipAssignment == true)
        #expect(join.value?.leader == join.value?.memberId)
        #expect(join.value?.members.count == 2)
        #expect(join.value?.memberId != a)
    }

    /// One that cannot skip would assign if it knew that it leads.
    @Test func anOlderLeaderIsNotToldThatItLeads() {
        let (world, a, _) = Self.group()
        let join = world.join(instance: "a", version: 8)
        world.settle()
        #expect(join.value?.leader == a)
        #expect(join.value?.members.isEmpty == true)
        #expect(world.group()?.leaderID == join.value?.memberId)
    }

    @Test func otherTopicsBeginARebalance() {
        let (world, a, _) = Self.group()
        let join = world.join(instance: "b", protocols: [("roundrobin", ""), ("range", "")])
        world.settle()
        #expect(join.value?.errorCode == ErrorCode.none, "the protocol is the same")
        #expect(world.heartbeat(a, generation: 2, instance: "a") == .none)
    }

    @Test func theOldIDIsFenced() {
        let (world, _, b) = Self.group()
        _ = world.join(instance: "b")
        world.settle()
        #expect(world.join(b, instance: "b").value?.errorCode == .fencedInstanceId)
        #expect(
            world.sync(b, generation: 2, instance: "b").value?.errorCode == .fencedInstanceId)
        #expect(
            world.commit(1, member: b, instance: "b", generation: 2).value == [.fencedInstanceId])
        #expect(
            world.leave((b, "b")).value?.members.map(\.errorCode) == [.fencedInstanceId])
        #expect(world.heartbeat("who", generation: 2, instance: "c") == .unknownMemberId)
    }

    /// Who waits under the old id is somebody else.
    @Test func whoWaitsUnderTheOldIDIsFenced() {
        let (world, a, _) = Self.group()
        let waiting = world.join(a, instance: "a")
        #expect(waiting.value == nil)
        let again = world.join(instance: "a")
        #expect(waiting.value?.errorCode == .fencedInstanceId)
        #expect(again.value == nil)
        #expect(world.group()?.state == .preparingRebalance)
    }

    /// A client that stops without leaving keeps its partitions until its session ends.
    @Test func aRebalanceKeepsThoseThatAreAway() {
        let (world, a, b) = Self.group()
        let join = world.join(a, instance: "a", protocols: [("range", "other")])
        for _ in 0..<8 {
            world.advance(byMs: 9_000)
            _ = world.heartbeat(b, generation: 2, instance: "b")
        }
        #expect(join.value?.members.count == 2)
        #expect(join.value?.generationId == 3)
    }

    @Test func itsSessionEnds() {
        let (world, a, b) = Self.group()
        world.advance(byMs: 9_000)
        #expect(world.heartbeat(a, generation: 2, instance: "a") == .none)
        world.advance(byMs: 1_000)
        #expect(world.heartbeat(a, generation: 2, instance: "a") == .rebalanceInProgress)
        #expect(world.heartbeat(b, generation: 2, instance: "b") == .unknownMemberId)
    }

    /// As `kafka-consumer-groups` and the admin client do.
    @Test func anAdministratorRemovesItByItsInstance() {
        let (world, a, b) = Self.group()
        #expect(world.leave(("", "b")).value?.members.map(\.errorCode) == [ErrorCode.none])
        #expect(world.group()?.members.keys.sorted() == [a])
        #expect(world.group()?.members[b] == nil)
    }

    @Test func aReplacementThatIsLostIsUndone() {
        let (world, _, b) = Self.group()
        let join = world.join(instance: "b")
        world.log.outcome = .notEnoughReplicas
        world.settle()
        #expect(join.value?.errorCode == .coordinatorNotAvailable)
        world.log.outcome = .none
        #expect(world.heartbeat(b, generation: 2, instance: "b") == .none)
    }

    @Test func itIsThereAfterARestart() {
        let (world, _, b) = Self.group()
        world.restart()
        #expect(world.heartbeat(b, generation: 2, instance: "b") == .none)
        let join = world.join(instance: "b")
        world.settle()
        #expect(join.value?.generationId == 2)
        world.restart()
        #expect(world.heartbeat(join.value?.memberId ?? "", generation: 2, instance: "b") == .none)
        #expect(world.heartbeat(b, generation: 2, instance: "b") == .fencedInstanceId)
    }
}
