import KafkaBase
import Testing

@testable import KafkaClient

/// What sharing out costs in large groups: steps, which do not depend on the machine.
@Suite struct StickyAssignmentTests {
    private static let counts = Dictionary(
        uniqueKeysWithValues: (0..<100).map { ("topic-\($0)", 100) })
    private static let partitionCount = 10_000

    private func member(_ number: Int, _ topics: Set<String>) -> AssignorMember {
        AssignorMember(id: "member-\(1000 + number)", topics: topics)
    }

    /// Shares out, and makes what came of it what the members have.
    private func solve(
        _ members: inout [AssignorMember], _ counts: [String: Int] = counts
    ) -> (steps: Int, moved: Int) {
        var assignment = StickyAssignment(counts, members)
        assignment.solve()
        let shares = assignment.shares(movesAtOnce: true)
        var moved = 0
        for index in members.indices {
            let share = Set(shares[members[index].id] ?? [])
            moved += share.subtracting(members[index].owned).count
            members[index].owned = share
            members[index].generation += 1
        }
        return (assignment.steps, moved)
    }

    private func spread(_ members: [AssignorMember]) -> Int {
        let loads = members.map(\.owned.count)
        return (loads.max() ?? 0) - (loads.min() ?? 0)
    }

    @Test func `A newcomer to a large group costs little, and takes its share alone`() {
        let topics = Set(Self.counts.keys)
        var members = (0..<199).map { member($0, topics) }
        let first = solve(&members)
        #expect(first.moved == Self.partitionCount && spread(members) == 1)
        members.append(member(199, topics))
        let second = solve(&members)
        #expect(second.moved == 50 && spread(members) == 0)
        // A look at all members for each partition that moves, and for each who gives no more.
        #expect(second.steps < 400 * members.count)
        let third = solve(&members)
        #expect(third.moved == 0)
        // Who has everything is left with a share.
        for index in members.indices { members[index].owned = [] }
        members[0].owned = Set(
            Self.counts.flatMap { topic, count in
                (0..<count).map { TopicPartition(topic: topic, partition: Int32($0)) }
            })
        let fourth = solve(&members)
        #expect(fourth.moved == Self.partitionCount - 50 && spread(members) == 0)
        #expect(fourth.steps < Self.partitionCount * 3 * members.count)
    }

    @Test func `Members with topics of their own cost little`() {
        let topics = Self.counts.keys.sorted()
        // Everybody reads a third of the topics, another one each.
        var members = (0..<200).map { number in
            member(number, Set((0..<33).map { topics[(number * 7 + $0 * 3) % topics.count] }))
        }
        let first = solve(&members)
        #expect(first.moved == Self.partitionCount && spread(members) <= 2)
        #expect(first.steps < Self.partitionCount * 2 * members.count)
        // Half of them go, and come back.
        var half = members.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        _ = solve(&half)
        #expect(spread(half) <= 2)
        var back = half
        for index in members.indices where index % 2 == 1 {
            members[index].owned = []
            back.append(members[index])
        }
        let second = solve(&back)
        #expect(spread(back) <= 2 && second.moved <= Self.partitionCount / 2 + 200)
        #expect(second.steps < Self.partitionCount * 2 * members.count)
    }

    @Test func `Members that can have no more do not hold up the others`() {
        // One half reads one small topic alone, the other one the rest.
        var members = (0..<200).map { number in
            number % 2 == 0
                ? member(number, ["topic-0"]) : member(number, Set(Self.counts.keys))
        }
        let first = solve(&members)
        #expect(first.moved == Self.partitionCount)
        members.append(member(200, Set(Self.counts.keys)))
        let second = solve(&members)
        #expect(second.moved == 98)
        #expect(second.steps < 500 * members.count)
    }
}
