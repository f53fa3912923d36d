import KafkaBase
import KafkaWire
import Testing

@testable import KafkaBroker

/// What keeps groups from filling the memory.
struct GroupLimitsTests {
    @Test func theNumberOfGroupsIsBounded() {
        let world = GroupWorld()
        for number in 0..<GroupLimits.maxGroups { _ = world.commit(1, group: "\(number)") }
        world.settle()
        #expect(world.coordinator.groups.count == GroupLimits.maxGroups)
        #expect(world.commitNow(1, group: "one more") == .policyViolation)
        #expect(world.join(group: "one more").value?.errorCode == .groupMaxSizeReached)
        #expect(world.commitNow(2, group: "7") == ErrorCode.none)
        #expect(world.delete("8") == ErrorCode.none)
        #expect(world.commitNow(1, group: "one more") == ErrorCode.none)
    }

    @Test func whatMembersTellIsBounded() {
        let world = GroupWorld.withoutDelay()
        let large = String(repeating: "x", count: GroupLimits.maxBytesPerMember)
        let tooLarge = world.join(version: 3, protocols: [("range", large)])
        #expect(tooLarge.value?.errorCode == .groupMaxSizeReached)
        let most = String(large.dropFirst(4096))
        let members = (0..<8).map { _ in world.join(version: 3, protocols: [("range", most)]) }
        #expect(world.join(version: 3, protocols: [("range", most)]).value != nil)
        #expect(world.group()?.members.count == 7 + 1)
        _ = members
        #expect(world.coordinator.limits.memberBytes <= GroupLimits.maxMemberBytes)
    }

    /// However members come and go, nothing of them is counted in the end.
    @Test func whatIsFreedIsCounted() {
        let world = GroupWorld.withoutDelay()
        let ids = world.stableGroup(members: 3, metadata: "told")
        _ = world.newMemberID()
        let bytes = world.coordinator.limits.memberBytes
        #expect(bytes > 4 * ClassicMember.overheadBytes)
        world.restart()
        #expect(world.coordinator.limits.memberBytes == bytes - ClassicMember.overheadBytes)
        _ = world.join(ids[0], protocols: [("range", "tells more")])
        _ = world.leave((ids[1], nil), (ids[2], nil))
        // Who joined does not ask for its part.
        world.advance(byMs: 100_000)
        #expect(world.group()?.isEmpty == true)
        #expect(world.coordinator.limits.memberBytes == 0)
    }

    @Test func aGroupThatIsReplacedIsNotCounted() {
        let world = GroupWorld.withoutDelay()
        _ = world.stableGroup(members: 2)
        let bytes = world.coordinator.limits.memberBytes
        for batch in world.log.batches { world.coordinator.replay(batch) }
        #expect(world.coordinator.limits.memberBytes == bytes)
    }
}
