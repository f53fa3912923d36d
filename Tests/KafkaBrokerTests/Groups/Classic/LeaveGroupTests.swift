import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

/// LeaveGroup, sessions that end, and rebalances that somebody misses.
struct LeaveGroupTests {
    @Test func theOthersGoOn() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        let answer = world.leave((ids[0], nil))
        #expect(answer.value?.members.map(\.errorCode) == [ErrorCode.none])
        #expect(world.heartbeat(ids[1], generation: 1) == .rebalanceInProgress)
        let join = world.join(ids[1])
        world.settle()
        #expect(join.value?.generationId == 2)
        #expect(join.value?.leader == ids[1])
    }

    /// That the group is empty is known after a restart when the member has been told.
    @Test func theLastOneLeavesAnEmptyGroup() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup()
        let answer = world.leave((ids[0], nil))
        #expect(answer.value == nil, "not durable yet")
        world.settle()
        #expect(answer.value?.members.map(\.errorCode) == [ErrorCode.none])
        world.restart()
        #expect(world.group()?.state == .empty)
        #expect(world.group()?.generation == 2)
    }

    @Test func eachMemberIsAnsweredByItself() {
        let world = GroupWorld.withoutDelay()
        #expect(world.leave(("who", nil), group: "").value?.errorCode == .invalidGroupId)
        #expect(world.leave(("who", nil)).value?.members.map(\.errorCode) == [.unknownMemberId])
        let ids = world.stableGroup(members: 2)
        let answer = world.leave(
            (ids[1], nil), ("who", nil), ("", "instance"), (ids[0], "instance"))
        #expect(
            answer.value?.members.map(\.errorCode)
                == [.none, .unknownMemberId, .unknownMemberId, .unknownMemberId])
    }

    @Test func aPendingMemberMayLeave() {
        let world = GroupWorld.withoutDelay()
        let id = world.newMemberID()
        #expect(world.leave((id, nil)).value?.members.map(\.errorCode) == [ErrorCode.none])
        #expect(world.join(id).value?.errorCode == .unknownMemberId)
    }

    // MARK: Sessions

    @Test func aMemberThatIsSilentIsRemoved() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        world.advance(byMs: 6_000)
        #expect(world.heartbeat(ids[1], generation: 1) == .none)
        world.advance(byMs: 4_000)
        #expect(world.heartbeat(ids[1], generation: 1) == .rebalanceInProgress)
        let join = world.join(ids[1])
        world.settle()
        #expect(join.value?.generationId == 2)
        #expect(join.value?.leader == ids[1])
        #expect(world.heartbeat(ids[0], generation: 2) == .unknownMemberId)
    }

    /// A client that was told nothing for that long has gone.
    @Test func aNewMemberThatWaitsForeverIsRemoved() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 1, sessionMs: 1_000_000)
        let join = world.join(version: 3, rebalanceMs: 1_000_000)
        world.advance(byMs: 299_999)
        #expect(world.group()?.members.count == 2)
        _ = ids
        #expect(join.value == nil)
        world.advance(byMs: 1)
        #expect(join.value?.errorCode == .unknownMemberId)
    }

    // MARK: Rebalances

    @Test func whoDoesNotJoinInTimeIsRemoved() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        let join = world.join(ids[0])
        for _ in 0..<11 {
            world.advance(byMs: 5_000)
            #expect(world.heartbeat(ids[1], generation: 1) == .rebalanceInProgress)
        }
        #expect(join.value == nil)
        world.advance(byMs: 5_000)
        #expect(join.value?.generationId == 2)
        #expect(join.value?.members.map(\.memberId) == [ids[0]])
        #expect(world.heartbeat(ids[1], generation: 1) == .unknownMemberId)
    }

    /// Somebody who joins leads when the leader does not.
    @Test func theLeaderIsReplaced() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        let join = world.join(ids[1], protocols: [("range", "other")])
        world.advance(byMs: 60_000)
        #expect(join.value?.leader == ids[1])
        #expect(join.value?.members.count == 1)
    }

    @Test func whoWaitsIsToldThatTheCoordinatorEnds() {
        let world = GroupWorld()
        let join = world.join(version: 3)
        world.coordinator.close()
        #expect(join.value?.errorCode == .notCoordinator)
    }

    // MARK: Restarts

    @Test func membersAreThereAfterARestart() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        world.restart()
        #expect(world.group()?.state == .stable)
        #expect(world.group()?.generation == 1)
        #expect(ids.map { world.heartbeat($0, generation: 1) } == [.none, .none])
        let sync = world.sync(ids[1], generation: 1)
        #expect(sync.value.map { String(buffer: $0.assignment) } == ids[1])
        world.advance(byMs: 10_000)
        #expect(world.group()?.state == .empty, "sessions have begun anew")
    }

    /// The members of a rebalance that was under way come again.
    @Test func aRebalanceIsBegunAnewAfterARestart() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        let join = world.join(ids[0], protocols: [("range", "other")])
        world.restart()
        #expect(join.value?.errorCode == .notCoordinator)
        #expect(world.group()?.state == .stable)
        #expect(world.join(ids[0], protocols: [("range", "other")]).value == nil)
        #expect(world.heartbeat(ids[1], generation: 1) == .rebalanceInProgress)
    }
}
