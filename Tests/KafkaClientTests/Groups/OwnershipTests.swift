import KafkaBase
import Testing

@testable import KafkaClient

@Suite struct OwnershipTests {
    private func set(_ numbers: Int32...) -> Set<TopicPartition> {
        Set(numbers.map { TopicPartition(topic: "t", partition: $0) })
    }

    private func take(_ ownership: inout Ownership, _ step: RebalanceStep) {
        #expect(ownership.begin() == step)
        #expect(ownership.next == nil && !ownership.isSettled)
        ownership.finish()
    }

    @Test func `Partitions are revoked before others are assigned`() {
        var ownership = Ownership()
        #expect(ownership.isSettled)
        ownership.assign(set(0, 1))
        take(&ownership, .assign(set(0, 1)))
        ownership.assign(set(1, 2))
        take(&ownership, .revoke(set(0)))
        take(&ownership, .assign(set(2)))
        #expect(ownership.owned == set(1, 2) && ownership.isSettled)
    }

    @Test func `An assignment that changes nothing is told`() {
        var ownership = Ownership()
        ownership.assign([])
        take(&ownership, .assign([]))
        #expect(ownership.isSettled)
    }

    @Test func `What is lost while a step is taken is lost behind it`() {
        var ownership = Ownership()
        ownership.assign(set(0))
        _ = ownership.begin()
        ownership.loseAll()
        ownership.assign(set(3))
        ownership.finish()
        take(&ownership, .lose(set(0)))
        take(&ownership, .assign(set(3)))
        ownership.loseAll()
        take(&ownership, .lose(set(3)))
        ownership.loseAll()
        #expect(ownership.isSettled && ownership.owned.isEmpty)
    }

    @Test func `A step that could not be taken comes again`() {
        var ownership = Ownership()
        ownership.assign([])
        _ = ownership.begin()
        ownership.abandon()
        take(&ownership, .assign([]))
        ownership.assign(set(1))
        _ = ownership.begin()
        ownership.abandon()
        take(&ownership, .assign(set(1)))
        ownership.revokeAll()
        take(&ownership, .revoke(set(1)))
    }
}
