import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

/// SyncGroup and Heartbeat: how an assignment reaches the members.
struct SyncGroupTests {
    /// Two members that have joined, the leader first, and have no assignment yet.
    private static func joined(_ world: GroupWorld, rebalanceMs: Int32 = 60_000) -> [String] {
        let ids = (0..<2).map { _ in world.newMemberID() }
        let joins = ids.map { world.join($0, rebalanceMs: rebalanceMs) }
        world.settle()
        return ids.sorted { one, _ in one == joins[0].value?.leader }
    }

    @Test func membersGetWhatTheLeaderAssigns() {
        let world = GroupWorld.withoutDelay()
        let ids = Self.joined(world)
        let follower = world.sync(ids[1], generation: 1)
        world.settle()
        #expect(follower.value == nil)
        let leader = world.sync(
            ids[0], generation: 1, assignments: [ids[0]: "one", ids[1]: "two", "who": "three"])
        #expect(leader.value == nil, "the assignment is not durable yet")
        world.settle()
        #expect(leader.value.map { String(buffer: $0.assignment) } == "one")
        #expect(follower.value.map { String(buffer: $0.assignment) } == "two")
        #expect(follower.value?.protocolType == "consumer")
        #expect(follower.value?.protocolName == "range")
        #expect(world.group()?.state == .stable)
        let again = world.sync(ids[1], generation: 1)
        #expect(again.value.map { String(buffer: $0.assignment) } == "two")
    }

    @Test func whoIsForgottenGetsNothing() {
        let world = GroupWorld.withoutDelay()
        let ids = Self.joined(world)
        let follower = world.sync(ids[1], generation: 1)
        _ = world.sync(ids[0], generation: 1, assignments: [ids[0]: "all"])
        world.settle()
        #expect(follower.value?.errorCode == ErrorCode.none)
        #expect(follower.value?.assignment.readableBytes == 0)
    }

    @Test func strangersAndOldGenerationsAreRefused() {
        let world = GroupWorld.withoutDelay()
        #expect(world.sync("who", generation: 1).value?.errorCode == .unknownMemberId)
        #expect(world.sync("who", generation: 1, group: "").value?.errorCode == .invalidGroupId)
        let ids = Self.joined(world)
        #expect(world.sync("who", generation: 1).value?.errorCode == .unknownMemberId)
        #expect(world.sync(ids[0], generation: 0).value?.errorCode == .illegalGeneration)
        #expect(world.sync(ids[0], generation: 2).value?.errorCode == .illegalGeneration)
    }

    /// KIP-559
    @Test func theProtocolMustBeTheGroups() {
        let world = GroupWorld.withoutDelay()
        let ids = Self.joined(world)
        for (type, name) in [
            ("consumer", "sticky"), ("connect", "range"), (nil, "range"), ("consumer", nil),
        ] {
            let answer = world.sync(ids[0], generation: 1, type: type, name: name)
            #expect(answer.value?.errorCode == .inconsistentGroupProtocol)
        }
        #expect(world.sync(ids[1], generation: 1, type: nil, name: nil, version: 4).value == nil)
    }

    @Test func aRebalanceThatBeginsHasMembersJoinAgain() {
        let world = GroupWorld.withoutDelay()
        let ids = Self.joined(world)
        let waiting = world.sync(ids[1], generation: 1)
        _ = world.join(ids[0], protocols: [("range", "other")])
        #expect(waiting.value?.errorCode == .rebalanceInProgress)
        #expect(world.sync(ids[1], generation: 1).value?.errorCode == .rebalanceInProgress)
        #expect(world.heartbeat(ids[1], generation: 1) == .rebalanceInProgress)
    }

    @Test func anAssignmentThatIsLostIsAskedForAgain() {
        let world = GroupWorld.withoutDelay()
        let ids = Self.joined(world)
        let syncs = ids.reversed().map {
            world.sync($0, generation: 1, assignments: [ids[0]: "one", ids[1]: "two"])
        }
        world.log.outcome = .kafkaStorageError
        world.settle()
        #expect(syncs.map { $0.value?.errorCode } == [.notCoordinator, .notCoordinator])
        #expect(world.group()?.state == .preparingRebalance)
    }

    /// Of a member that asks twice, the later request counts.
    @Test func theLaterRequestIsAnswered() {
        let world = GroupWorld.withoutDelay()
        let ids = Self.joined(world)
        let first = world.sync(ids[1], generation: 1)
        let second = world.sync(ids[1], generation: 1)
        #expect(first.value?.errorCode == .rebalanceInProgress)
        _ = world.sync(ids[0], generation: 1, assignments: [ids[1]: "two"])
        world.settle()
        #expect(second.value.map { String(buffer: $0.assignment) } == "two")
    }

    /// KAFKA-12734
    @Test func aMemberThatNeverAsksIsRemoved() {
        let world = GroupWorld.withoutDelay()
        let ids = Self.joined(world, rebalanceMs: 20_000)
        let sync = world.sync(ids[1], generation: 1)
        for _ in 0..<4 {
            world.advance(byMs: 5_000)
            _ = world.heartbeat(ids[0], generation: 1)
        }
        #expect(sync.value?.errorCode == .rebalanceInProgress, "the leader is gone")
        #expect(world.group()?.members.keys.sorted() == [ids[1]])
        #expect(world.group()?.leaderID == ids[1])
    }

    // MARK: Heartbeats

    @Test func heartbeatsAreCheckedAsTheRest() {
        let world = GroupWorld.withoutDelay()
        #expect(world.heartbeat("who", generation: 1) == .unknownMemberId)
        #expect(world.heartbeat("who", generation: 1, group: "") == .invalidGroupId)
        let ids = world.stableGroup()
        #expect(world.heartbeat(ids[0], generation: 1) == .none)
        #expect(world.heartbeat(ids[0], generation: 0) == .illegalGeneration)
        #expect(world.heartbeat("who", generation: 1) == .unknownMemberId)
    }

    @Test func heartbeatsKeepAMember() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup()
        for _ in 0..<10 {
            world.advance(byMs: 9_999)
            #expect(world.heartbeat(ids[0], generation: 1) == .none)
        }
        world.advance(byMs: 10_000)
        #expect(world.heartbeat(ids[0], generation: 1) == .unknownMemberId)
        #expect(world.group()?.state == .empty)
    }

    @Test func commitsKeepAMemberToo() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup()
        world.advance(byMs: 9_000)
        #expect(world.commitNow(5, member: ids[0], generation: 1) == ErrorCode.none)
        world.advance(byMs: 9_000)
        #expect(world.heartbeat(ids[0], generation: 1) == .none)
    }

    /// The broker owes them an answer: that they are silent says nothing.
    @Test func membersThatWaitDoNotExpire() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        _ = world.join(ids[0])
        for _ in 0..<5 {
            world.advance(byMs: 9_000)
            #expect(world.heartbeat(ids[1], generation: 1) == .rebalanceInProgress)
        }
        #expect(world.group()?.members.count == 2)
    }
}
