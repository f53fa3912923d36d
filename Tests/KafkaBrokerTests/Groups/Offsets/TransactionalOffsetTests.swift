import KafkaBase
import Testing

@testable import KafkaBroker

/// Offsets that are committed as part of a transaction.
struct TransactionalOffsetTests {
    @Test func theyCountWhenTheTransactionIsCommitted() {
        let world = GroupWorld()
        _ = world.commitNow(5)
        #expect(world.commitNow(9, producer: 7) == ErrorCode.none)
        #expect(world.fetch() == (5, "", .none))
        #expect(world.fetch(stable: true).error == .unstableOffsetCommit)
        #expect(world.fetch(partition: 1, stable: true).error == .none)
        world.end(7, commit: true)
        #expect(world.fetch(stable: true) == (9, "", .none))
        world.restart()
        #expect(world.fetch(stable: true) == (9, "", .none))
    }

    @Test func theyAreForgottenWhenItIsAborted() {
        let world = GroupWorld()
        _ = world.commitNow(5)
        _ = world.commitNow(9, producer: 7)
        world.end(7, commit: false)
        #expect(world.fetch(stable: true) == (5, "", .none))
        world.restart()
        #expect(world.fetch(stable: true) == (5, "", .none))
    }

    /// Also over a restart, since they stand in the log.
    @Test func theyStayPendingUntilTheEnd() {
        let world = GroupWorld()
        _ = world.commitNow(9, producer: 7)
        world.restart()
        #expect(world.fetch(stable: true).error == .unstableOffsetCommit)
        world.end(7, commit: true)
        #expect(world.fetch(stable: true).offset == 9)
    }

    /// Compaction leaves the last one in the log, whatever ends when.
    @Test func theLastCommitCounts() {
        let world = GroupWorld()
        _ = world.commitNow(9, producer: 7)
        _ = world.commitNow(11)
        world.end(7, commit: true)
        #expect(world.fetch().offset == 11)
        _ = world.commitNow(20, producer: 7)
        _ = world.commitNow(30, producer: 8)
        world.end(8, commit: true)
        world.end(7, commit: true)
        #expect(world.fetch().offset == 30)
        world.restart()
        #expect(world.fetch().offset == 30)
    }

    @Test func transactionsOfSeveralProducersAreApart() {
        let world = GroupWorld()
        _ = world.commitNow(1, partition: 0, producer: 7)
        _ = world.commitNow(2, partition: 1, producer: 8)
        world.end(7, commit: false)
        #expect(world.fetch(partition: 0, stable: true) == (-1, "", .none))
        #expect(world.fetch(partition: 1, stable: true).error == .unstableOffsetCommit)
        world.end(8, commit: true)
        #expect(world.fetch(partition: 1, stable: true).offset == 2)
    }

    @Test func theEndOfAnotherTransactionChangesNothing() {
        let world = GroupWorld()
        world.end(7, commit: true)
        #expect(world.coordinator.groups.isEmpty)
        _ = world.commitNow(9, producer: 7)
        world.end(8, commit: true)
        #expect(world.fetch(stable: true).error == .unstableOffsetCommit)
    }

    /// KIP-447: a processor that has lost its partitions is refused; one that names nobody cannot
    /// be told apart.
    @Test func membersAreChecked() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup()
        #expect(world.commitNow(1, member: ids[0], generation: 1, producer: 7) == ErrorCode.none)
        #expect(
            world.commitNow(1, member: ids[0], generation: 0, producer: 7) == .illegalGeneration)
        #expect(world.commitNow(1, member: "who", generation: 1, producer: 7) == .unknownMemberId)
        #expect(world.commitNow(1, producer: 7) == ErrorCode.none)
        let answer = world.commit(1, group: "gone", member: "m", generation: 1, producer: 7)
        #expect(answer.value == [.illegalGeneration])
    }

    /// A commit of a processor says nothing about whether it still polls.
    @Test func theyDoNotKeepAMember() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup()
        world.advance(byMs: 6_000)
        _ = world.commitNow(1, member: ids[0], generation: 1, producer: 7)
        world.advance(byMs: 6_000)
        #expect(world.heartbeat(ids[0], generation: 1) == .unknownMemberId)
    }

    @Test func aGroupGoesWithWhatIsPending() {
        let world = GroupWorld()
        _ = world.commitNow(9, producer: 7)
        #expect(world.coordinator.groups.keys.sorted() == ["g"])
        #expect(world.delete() == ErrorCode.none)
        world.end(7, commit: true)
        #expect(world.fetch(stable: true) == (-1, "", .none))
        world.restart()
        #expect(world.fetch(stable: true) == (-1, "", .none))
    }

    @Test func theirNumberIsKnown() {
        let world = GroupWorld()
        _ = world.commitNow(1)
        _ = world.commitNow(2, producer: 7)
        _ = world.commitNow(3, partition: 1, producer: 7)
        #expect(world.coordinator.offsets.count == 3)
        world.end(7, commit: true)
        #expect(world.coordinator.offsets.count == 2)
        _ = world.commitNow(2, producer: 7)
        world.end(7, commit: false)
        #expect(world.coordinator.offsets.count == 2)
        _ = world.delete()
        #expect(world.coordinator.offsets.count == 0)
    }
}
