import KafkaBase
import KafkaWire
import NIOCore
import Testing

@testable import KafkaBroker

/// OffsetCommit and OffsetFetch.
struct CommittedOffsetTests {
    @Test func whatIsCommittedIsThereAgain() {
        let world = GroupWorld()
        let answer = world.commit(5, metadata: "beside")
        #expect(answer.value == nil, "not durable yet")
        world.settle()
        #expect(answer.value == [.none])
        #expect(world.fetch() == (5, "beside", .none))
        world.restart()
        #expect(world.fetch() == (5, "beside", .none))
        #expect(world.fetch(partition: 1) == (-1, "", .none))
    }

    /// It is no error (trap 11): the group may come into being by its first commit.
    @Test func ofAGroupThatNobodyKnowsThereIsNone() {
        #expect(GroupWorld().fetch(group: "who") == (-1, "", .none))
    }

    @Test func nullMetadataIsEmpty() {
        let world = GroupWorld()
        _ = world.commitNow(5)
        #expect(world.fetch() == (5, "", .none))
    }

    @Test func metadataHasALimit() {
        let world = GroupWorld()
        let longest = String(repeating: "x", count: 4096)
        let fits = world.commit(5, metadata: longest)
        let tooLong = world.commit(6, metadata: longest + "x")
        world.settle()
        #expect(fits.value == [.none])
        #expect(tooLong.value == [.offsetMetadataTooLarge])
        #expect(world.fetch().offset == 5)
    }

    // MARK: Who may commit

    @Test func aCommitThatNamesNobodyMakesAGroup() {
        let world = GroupWorld()
        #expect(world.commitNow(5) == ErrorCode.none)
        #expect(world.group()?.state == .empty)
        #expect(world.group()?.protocolType == nil)
    }

    @Test func membersCommitInTheirGeneration() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup()
        #expect(world.commitNow(5, member: ids[0], generation: 1) == ErrorCode.none)
        #expect(world.commitNow(6, member: ids[0], generation: 0) == .illegalGeneration)
        #expect(world.commitNow(6, member: "who", generation: 1) == .unknownMemberId)
        #expect(world.commitNow(6) == .unknownMemberId, "it is the members' group")
        #expect(world.fetch().offset == 5)
    }

    @Test(arguments: [(Int16(8), ErrorCode.illegalGeneration), (9, .groupIdNotFound)])
    func ofAGroupThatIsGone(_ version: Int16, _ error: ErrorCode) {
        let world = GroupWorld()
        let answer = world.commit(5, member: "m", generation: 1, version: version)
        #expect(answer.value == [error])
    }

    /// Its partitions are still to come; those that it had may be another's.
    @Test func notBetweenJoinAndSync() {
        let world = GroupWorld.withoutDelay()
        let join = world.join(version: 3)
        world.settle()
        let id = join.value?.memberId ?? ""
        #expect(world.commitNow(5, member: id, generation: 1) == .rebalanceInProgress)
    }

    /// Members commit before they give their partitions up.
    @Test func whileMembersAreAskedToJoin() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 2)
        _ = world.join(ids[0])
        #expect(world.commitNow(5, member: ids[1], generation: 1) == ErrorCode.none)
    }

    @Test func aCommitThatIsLostIsAnError() {
        let world = GroupWorld()
        let answer = world.commit(5)
        world.log.outcome = .kafkaStorageError
        world.settle()
        #expect(answer.value == [.notCoordinator])
        world.log.failure = .messageTooLarge
        #expect(world.commit(5).value == [.unknownServerError])
    }

    // MARK: Administrators

    @Test func emptyGroupsCanBeDeleted() {
        let world = GroupWorld.withoutDelay()
        _ = world.commitNow(5)
        #expect(world.delete("who") == .groupIdNotFound)
        #expect(world.delete() == ErrorCode.none)
        #expect(world.fetch().offset == -1)
        world.restart()
        #expect(world.group() == nil)
        #expect(world.fetch().offset == -1)
        _ = world.stableGroup()
        #expect(world.delete() == .nonEmptyGroup)
    }

    /// What nobody reads may go; what members read stays (KIP-496).
    @Test func offsetsCanBeDeleted() throws {
        let world = GroupWorld.withoutDelay()
        #expect(throws: ApiError.self) { try world.deleteOffsets("t")?.get() }
        let ids = world.stableGroup(metadata: GroupWorld.subscription("t"))
        for topic in ["t", "other"] {
            let answer = world.commit(5, topic: topic, member: ids[0], generation: 1)
            world.settle()
            #expect(answer.value == [.none])
        }
        #expect(try world.deleteOffsets("t")?.get() == [.groupSubscribedToTopic])
        #expect(try world.deleteOffsets("other")?.get() == [.none])
        #expect(try world.deleteOffsets("never")?.get() == [.none])
        #expect(world.fetch(topic: "other").offset == -1)
        world.restart()
        #expect(world.fetch().offset == 5)
        #expect(world.fetch(topic: "other").offset == -1)
    }

    @Test func offsetsOfDeletedTopicsGo() {
        let world = GroupWorld()
        for group in ["g", "h"] {
            for topic in ["t", "other"] {
                _ = world.commitNow(5, group: group, topic: topic)
                _ = world.commitNow(6, group: group, topic: topic, producer: 7)
            }
        }
        world.coordinator.forgetOffsets(of: ["t"])
        world.end(7, commit: true)
        for _ in 0..<2 {
            #expect(["g", "h"].map { world.fetch(group: $0).offset } == [-1, -1])
            #expect(["g", "h"].map { world.fetch(group: $0, topic: "other").offset } == [6, 6])
            world.restart()
        }
    }

    @Test func groupsAreListedAndDescribed() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup("b", members: 2, metadata: "told")
        _ = world.commitNow(5, group: "a")
        let all = world.coordinator.list(states: [], types: [])
        #expect(all.map(\.groupId) == ["a", "b"])
        #expect(all.map(\.groupState) == ["Empty", "Stable"])
        #expect(all.map(\.protocolType) == ["", "consumer"])
        #expect(all.map(\.groupType) == ["Classic", "Classic"])
        #expect(world.coordinator.list(states: ["stable"], types: []).map(\.groupId) == ["b"])
        #expect(world.coordinator.list(states: [], types: ["consumer"]).isEmpty)

        let described = world.coordinator.describe("b", version: 5)
        #expect(described.groupState == "Stable")
        #expect(described.protocolData == "range")
        #expect(Set(described.members.map(\.memberId)) == Set(ids))
        #expect(described.members.map(\.clientHost) == ["/1.2.3.4", "/1.2.3.4"])
        #expect(described.members.allSatisfy { String(buffer: $0.memberMetadata) == "told" })
        #expect(described.members.allSatisfy { String(buffer: $0.memberAssignment) == $0.memberId })
    }

    /// KIP-1043
    @Test(arguments: [(Int16(5), ErrorCode.none), (6, .groupIdNotFound)])
    func aGroupThatNobodyKnowsIsDead(_ version: Int16, _ error: ErrorCode) {
        let described = GroupWorld().coordinator.describe("who", version: version)
        #expect(described.groupState == "Dead")
        #expect(described.errorCode == error)
    }
}
