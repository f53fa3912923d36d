import KafkaBase
import Testing

@testable import KafkaBroker

/// Offsets and groups that go by themselves (KIP-211).
struct OffsetExpiryTests {
    private static let dayMs: Int64 = 86_400_000
    /// `offsets.retention.minutes`: a week.
    private static let retentionMs = 7 * dayMs
    /// `offsets.retention.check.interval.ms`
    private static let intervalMs: Int64 = 600_000

    @Test func offsetsWithoutMembersGoAfterTheirCommit() {
        let world = GroupWorld()
        _ = world.commitNow(1, partition: 0)
        world.advance(byMs: Self.dayMs)
        _ = world.commitNow(2, partition: 1)
        world.advance(byMs: Self.retentionMs - Self.dayMs + Self.intervalMs)
        #expect(world.fetch(partition: 0).offset == -1)
        #expect(world.fetch(partition: 1).offset == 2)
        #expect(world.group() != nil)
        world.advance(byMs: Self.dayMs)
        #expect(world.fetch(partition: 1).offset == -1)
        #expect(world.group() == nil, "nothing is left of it")
        world.restart()
        #expect(world.coordinator.groups.isEmpty)
        #expect(world.coordinator.offsets.count == 0)
    }

    @Test func membersKeepTheirOffsets() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(
            metadata: GroupWorld.subscription("t"), sessionMs: 1_800_000)
        _ = world.commitNow(1, member: ids[0], generation: 1)
        _ = world.commitNow(1, topic: "other", member: ids[0], generation: 1)
        for _ in 0..<(Self.retentionMs / 1_000_000 + 1) {
            world.advance(byMs: 1_000_000)
            #expect(world.heartbeat(ids[0], generation: 1) == .none)
        }
        #expect(world.fetch().offset == 1)
        #expect(world.fetch(topic: "other").offset == -1, "nobody reads it any more")
    }

    /// Counted from when the last member left.
    @Test func anEmptyGroupKeepsItsOffsetsForAWhile() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(sessionMs: 1_800_000)
        _ = world.commitNow(1, member: ids[0], generation: 1)
        for _ in 0..<(2 * Self.dayMs / 1_000_000) {
            world.advance(byMs: 1_000_000)
            _ = world.heartbeat(ids[0], generation: 1)
        }
        _ = world.leave((ids[0], nil))
        world.advance(byMs: Self.retentionMs - Self.intervalMs)
        #expect(world.fetch().offset == 1)
        world.restart()
        world.advance(byMs: 2 * Self.intervalMs)
        #expect(world.fetch().offset == -1)
        #expect(world.group() == nil)
    }

    /// Version 4 of OffsetCommit and below say for how long.
    @Test func anOldClientSetsTheTime() {
        let world = GroupWorld()
        _ = world.commit(1, retentionMs: 1_000)
        world.settle()
        world.restart()
        #expect(world.fetch().offset == 1)
        world.advance(byMs: Self.intervalMs)
        #expect(world.fetch().offset == -1)
    }

    @Test func whatATransactionMayChangeStays() {
        let world = GroupWorld()
        _ = world.commitNow(1)
        _ = world.commitNow(2, producer: 7)
        world.advance(byMs: Self.retentionMs + Self.intervalMs)
        #expect(world.fetch().offset == 1)
        world.end(7, commit: false)
        world.advance(byMs: Self.intervalMs)
        #expect(world.fetch().offset == -1)
    }
}
