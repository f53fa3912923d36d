import KafkaBase
import KafkaWire
import Testing

@testable import KafkaBroker

/// Consumer groups as their coordinator keeps them: in the log, by the clock, beside offsets.
@Suite struct ConsumerGroupCoordinatorTests {
    private let world = GroupWorld()

    init() { world.surroundings.topics.set("t", 4) }

    private func all(_ partitions: [Int32]) -> PartitionSet {
        world.surroundings.topics.partitions(["t": partitions])
    }

    @Test func `A member is answered when its group is durable, and is there after a restart`() {
        let answer = world.consume("a")
        #expect(answer.value == nil)
        world.settle()
        #expect(answer.value?.errorCode == ErrorCode.none)
        #expect(answer.value?.assigned == all([0, 1, 2, 3]))
        let before = world.consumerGroup()
        world.restart()
        #expect(world.consumerGroup() == before)
        #expect(world.consumeNow("a", epoch: 1).errorCode == .none)
    }

    @Test func `What is lost on its way to the log never was`() {
        _ = world.consume("a")
        world.restart(losing: 1)
        #expect(world.coordinator.groups.isEmpty)
        world.log.failure = .kafkaStorageError
        #expect(world.consumeNow("a").errorCode == .notCoordinator)
        #expect(world.coordinator.groups.isEmpty)
    }

    @Test func `Members that were not heard of are removed, also after a restart`() {
        _ = world.consumeNow("a")
        _ = world.consumeNow("b")
        world.advance(byMs: 30_000)
        #expect(world.consumeNow("b", epoch: 2).errorCode == .none)
        world.advance(byMs: 20_000)
        #expect(world.consumerGroup()?.members.keys.sorted() == ["b"])
        world.restart()
        world.advance(byMs: 44_000)
        #expect(world.consumerGroup()?.isEmpty == false)
        world.advance(byMs: 2000)
        #expect(world.consumerGroup()?.isEmpty == true)
    }

    @Test func `Members whose removal cannot be stored are removed later`() {
        _ = world.consumeNow("a")
        world.log.failure = .kafkaStorageError
        world.advance(byMs: 60_000)
        #expect(world.consumerGroup()?.isEmpty == false)
        world.log.failure = nil
        world.advance(byMs: 2000)
        #expect(world.consumerGroup()?.isEmpty == true)
    }

    @Test func `Topics that change are noticed by the next heartbeat`() {
        _ = world.consumeNow("a")
        world.surroundings.topics.set("t", 6)
        let answer = world.consumeNow("a", epoch: 1)
        #expect(answer.memberEpoch == 2)
        #expect(answer.assigned == all([0, 1, 2, 3, 4, 5]))
        #expect(world.log.unflushedCount == 0)
    }

    @Test func `Who knows of no group is told so`() {
        #expect(world.consumeNow("a", epoch: 3).errorCode == .groupIdNotFound)
        #expect(world.consumeNow("a", epoch: -1).errorCode == .groupIdNotFound)
        _ = world.stableGroup("classic", metadata: GroupWorld.subscription("t"))
        let answer = world.consumeNow("a", epoch: 3, group: "classic")
        #expect(answer.errorCode == .groupIdNotFound)
        #expect(answer.errorMessage == "Group classic is not a consumer group")
        #expect(world.coordinator.describeConsumerGroup("classic").errorCode == .groupIdNotFound)
        _ = world.consumeNow("a")
        #expect(world.coordinator.describe("g", version: 6).errorCode == .groupIdNotFound)
        #expect(world.coordinator.describe("g", version: 5).groupState == "Dead")
    }

    @Test func `Groups are listed by their kind and state`() {
        _ = world.consumeNow("a")
        _ = world.stableGroup("classic")
        let list = { (states: Set<String>, types: Set<String>) in
            world.coordinator.list(states: states, types: types).map(\.groupId)
        }
        #expect(list([], []) == ["classic", "g"])
        #expect(list([], ["consumer"]) == ["g"])
        #expect(list(["stable"], ["classic"]) == ["classic"])
        #expect(list(["empty"], []).isEmpty)
        let listed = world.coordinator.list(states: [], types: ["consumer"]).first
        #expect(listed?.groupType == "Consumer")
        #expect(listed?.protocolType == "consumer")
        #expect(listed?.groupState == "Stable")
    }

    @Test func `Members commit with their epochs`() {
        _ = world.consumeNow("a")
        let commit = { (member: String, epoch: Int32, version: Int16, producer: Int64?) in
            let answer = world.commit(
                5, member: member, generation: epoch, producer: producer, version: version)
            world.settle()
            return answer.value?.first
        }
        #expect(commit("a", 1, 9, nil) == ErrorCode.none)
        #expect(commit("a", 1, 8, nil) == .unsupportedVersion)
        #expect(commit("a", 0, 9, nil) == .staleMemberEpoch)
        #expect(commit("b", 1, 9, nil) == .unknownMemberId)
        #expect(commit("", -1, 9, nil) == .unknownMemberId)
        #expect(commit("a", 0, 4, 7) == .illegalGeneration)
        #expect(commit("a", 1, 4, 7) == ErrorCode.none)
        #expect(commit("", -1, 4, 7) == ErrorCode.none)
    }

    @Test func `A group goes when it has no members, with its offsets or after them`() {
        _ = world.consumeNow("a")
        _ = world.commit(5, member: "a", generation: 1, version: 9)
        #expect(world.delete() == .nonEmptyGroup)
        #expect(world.deleteOffsets("t") == .success([.groupSubscribedToTopic]))
        #expect(world.consumeNow("a", epoch: -1).errorCode == .none)
        #expect(world.delete() == ErrorCode.none)
        #expect(world.coordinator.groups.isEmpty)
        #expect(world.replayed().groups.isEmpty)

        _ = world.consumeNow("a")
        _ = world.commit(5, member: "a", generation: 1, version: 9)
        world.settle()
        #expect(world.consumeNow("a", epoch: -1).errorCode == .none)
        world.advance(byMs: world.settings.offsetsRetentionMs / 2)
        #expect(world.fetch().offset == 5)
        world.advance(byMs: world.settings.offsetsRetentionMs)
        #expect(world.coordinator.groups.isEmpty)
        #expect(world.replayed().groups.isEmpty)
    }

    @Test func `Offsets of topics that members read do not expire`() {
        _ = world.consumeNow("a")
        _ = world.commit(5, member: "a", generation: 1, version: 9)
        _ = world.commit(6, topic: "other", member: "a", generation: 1, version: 9)
        world.surroundings.settings.sessionTimeoutMs = .max
        _ = world.consumeNow("a", epoch: 1)
        world.advance(byMs: world.settings.offsetsRetentionMs * 2)
        #expect(world.fetch().offset == 5)
        #expect(world.fetch(topic: "other").offset == -1)
    }

    @Test func `Offsets that were there before make no obstacle`() {
        #expect(world.commitNow(3) == ErrorCode.none)
        _ = world.consumeNow("a")
        world.restart()
        #expect(world.consumerGroup()?.members.count == 1)
        #expect(world.fetch().offset == 3)
    }
}
