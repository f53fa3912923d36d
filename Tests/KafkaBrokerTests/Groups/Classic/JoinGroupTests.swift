import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

/// JoinGroup: who may, under which id, and when it is answered.
struct JoinGroupTests {
    // MARK: Refusals

    @Test func aGroupNeedsAName() {
        #expect(GroupWorld().join(group: "").value?.errorCode == .invalidGroupId)
    }

    @Test(arguments: [5_999, 1_800_001])
    func theSessionTimeoutHasBounds(_ sessionMs: Int32) {
        #expect(GroupWorld().join(sessionMs: sessionMs).value?.errorCode == .invalidSessionTimeout)
    }

    /// Whoever brings an id was a member before, of a group that is gone.
    @Test func onlyNewMembersMakeAGroup() {
        let world = GroupWorld()
        #expect(world.join("old-id").value?.errorCode == .unknownMemberId)
        #expect(world.group() == nil)
    }

    @Test func aMemberNeedsProtocols() {
        let world = GroupWorld()
        #expect(world.join(protocols: []).value?.errorCode == .inconsistentGroupProtocol)
        #expect(world.join(type: "").value?.errorCode == .inconsistentGroupProtocol)
        #expect(world.group() == nil)
    }

    @Test func protocolsMustBeKnownToAll() {
        let world = GroupWorld.withoutDelay()
        _ = world.stableGroup()
        let other = world.join(protocols: [("roundrobin", "")])
        #expect(other.value?.errorCode == .inconsistentGroupProtocol)
        #expect(world.join(type: "connect").value?.errorCode == .inconsistentGroupProtocol)
        #expect(world.join(version: 3, protocols: [("other", ""), ("range", "")]).value == nil)
    }

    // MARK: Ids

    /// KIP-394: from version 4 on a member is a member when it comes with its id.
    @Test(arguments: 0...9)
    func newMembersAreGivenAnID(_ version: Int16) throws {
        let world = GroupWorld.withoutDelay()
        let first = world.join(version: version)
        world.settle()
        let answer = try #require(first.value)
        #expect(answer.memberId.hasPrefix("client-"))
        #expect(answer.errorCode == (version < 4 ? .none : .memberIdRequired))
        guard version >= 4 else {
            #expect(answer.leader == answer.memberId)
            return
        }
        #expect(world.group()?.members.isEmpty == true)
        let second = world.join(answer.memberId, version: version)
        world.settle()
        #expect(second.value?.errorCode == ErrorCode.none)
        #expect(second.value?.memberId == answer.memberId)
        #expect(second.value?.generationId == 1)
    }

    @Test func anIDThatIsNotUsedIsForgotten() {
        let world = GroupWorld.withoutDelay()
        let id = world.newMemberID(sessionMs: 6_000)
        #expect(world.group()?.pendingMembers == [id])
        world.advance(byMs: 6_000)
        #expect(world.group()?.pendingMembers.isEmpty == true)
        #expect(world.join(id).value?.errorCode == .unknownMemberId)
    }

    /// A rebalance waits for those that were told to come again.
    @Test func theRebalanceWaitsForPendingMembers() {
        let world = GroupWorld.withoutDelay()
        let members = world.stableGroup()
        let id = world.newMemberID()
        let rejoin = world.join(members[0])
        world.settle()
        #expect(rejoin.value == nil)
        let join = world.join(id)
        world.settle()
        #expect(join.value?.generationId == 2)
        #expect(rejoin.value?.generationId == 2)
    }

    // MARK: The first rebalance

    /// `group.initial.rebalance.delay.ms`
    @Test func theFirstRebalanceIsPutOffWhileMembersCome() {
        let world = GroupWorld()
        let first = world.join(version: 3)
        world.advance(byMs: 2_000)
        let second = world.join(version: 3)
        world.advance(byMs: 1_000)
        #expect(first.value == nil, "somebody has come since: another delay")
        world.advance(byMs: 2_999)
        #expect(second.value == nil)
        world.advance(byMs: 1)
        #expect(first.value?.generationId == 1)
        #expect(second.value?.generationId == 1)
        #expect(first.value?.members.count == 2, "the first to come leads")
        #expect(second.value?.members.isEmpty == true)
    }

    /// However many come, it ends with the rebalance timeout.
    @Test func theFirstRebalanceEndsWithTheTimeout() {
        let world = GroupWorld()
        let first = world.join(version: 3, rebalanceMs: 7_000)
        for _ in 0..<6 {
            world.advance(byMs: 1_000)
            _ = world.join(version: 3, rebalanceMs: 7_000)
        }
        #expect(first.value == nil)
        world.advance(byMs: 1_000)
        #expect(first.value?.members.count == 7)
    }

    // MARK: Members that come again

    @Test func aMemberThatMissedItsAnswerGetsItAgain() {
        let world = GroupWorld.withoutDelay()
        let join = world.join(version: 3)
        world.settle()
        let id = join.value?.memberId ?? ""
        // Before and after its assignment, since it is the leader in one and not in the other.
        #expect(world.join(id, version: 3).value?.generationId == 1)
        #expect(world.group()?.state == .completingRebalance)
        let members = GroupWorld.withoutDelay()
        let ids = members.stableGroup(members: 2)
        #expect(members.join(ids[1]).value?.generationId == 1)
        #expect(members.group()?.state == .stable)
    }

    @Test func aMemberWithOtherTopicsHasAllJoinAgain() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        let changed = world.join(ids[1], protocols: [("range", "other topics")])
        #expect(changed.value == nil)
        #expect(world.heartbeat(ids[0], generation: 1) == .rebalanceInProgress)
        let other = world.join(ids[0])
        world.settle()
        #expect(changed.value?.generationId == 2)
        #expect(other.value?.generationId == 2)
    }

    /// The leader joins again when the partitions of its topics have changed.
    @Test func theLeaderHasAllJoinAgain() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        #expect(world.join(ids[0]).value == nil)
        #expect(world.group()?.state == .preparingRebalance)
    }

    @Test func someoneElseIsUnknown() {
        let world = GroupWorld.withoutDelay()
        _ = world.stableGroup()
        #expect(world.join("who").value?.errorCode == .unknownMemberId)
    }

    // MARK: Protocols

    /// Of those that all know the one that most prefer.
    @Test func membersVoteForTheProtocol() {
        let world = GroupWorld()
        let joins = [["a", "b", "c"], ["b", "c"], ["c", "b"], ["b", "c", "a"]].map { names in
            world.join(version: 3, protocols: names.map { ($0, "of \($0)") })
        }
        world.advance(byMs: 60_000)
        #expect(joins.allSatisfy { $0.value?.protocolName == "b" })
        let leader = joins.compactMap(\.value).first { !$0.members.isEmpty }
        #expect(
            leader?.members.allSatisfy { $0.metadata.getString(at: 0, length: 4) == "of b" } == true
        )
    }

    // MARK: Size

    @Test func aFullGroupRefusesNewMembers() {
        var settings = GroupSettings()
        settings.maxSize = 2
        settings.initialRebalanceDelayMs = 0
        let world = GroupWorld(settings)
        let ids = world.stableGroup(members: 2)
        #expect(world.join().value?.errorCode == .groupMaxSizeReached)
        #expect(world.group()?.state == .stable)
        let rejoins = ids.map { world.join($0, protocols: [("range", "new")]) }
        world.settle()
        #expect(rejoins.allSatisfy { $0.value?.errorCode == ErrorCode.none })
    }

    /// Where the limit was lowered, the last ones have to go.
    @Test func aGroupThatIsTooLargeShrinks() {
        var settings = GroupSettings()
        settings.initialRebalanceDelayMs = 0
        let before = GroupWorld(settings)
        let ids = before.stableGroup(members: 3)
        settings.maxSize = 2
        let world = GroupWorld(settings)
        for batch in before.log.batches { world.log.add(batch) }
        world.restart()
        #expect(world.group()?.state == .preparingRebalance)
        let rejoins = ids.map { world.join($0) }
        // The session of the one that is refused ends.
        world.advance(byMs: 10_000)
        #expect(
            rejoins.map { $0.value?.errorCode } == [
                ErrorCode.none, ErrorCode.none, .groupMaxSizeReached,
            ])
        #expect(world.group()?.members.count == 2)
    }

    // MARK: The log

    /// A group is there from its first request on, and Kafka writes so, too.
    @Test func aGroupThatCannotBeStoredIsNotMade() {
        let world = GroupWorld()
        world.log.failure = .notEnoughReplicas
        #expect(world.join().value?.errorCode == .coordinatorNotAvailable)
        #expect(world.group() == nil)
    }
}
