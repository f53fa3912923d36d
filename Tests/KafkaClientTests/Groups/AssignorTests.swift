import KafkaBase
import TestSupport
import Testing

@testable import KafkaClient

@Suite struct AssignorTests {
    private func partitions(_ topic: String, _ numbers: some Sequence<Int>) -> [TopicPartition] {
        numbers.map { TopicPartition(topic: topic, partition: Int32($0)) }
    }

    private func member(
        _ id: String, _ topics: Set<String>, instance: String? = nil,
        owned: [TopicPartition] = [], generation: Int32 = -1
    ) -> AssignorMember {
        AssignorMember(
            id: id, instanceID: instance, topics: topics, owned: Set(owned),
            generation: generation)
    }

    @Test func `Range gives the first members one more of each topic`() {
        let shares = Assignor.range.assign(
            ["a": 5, "b": 2, "gone": 0],
            to: [member("m3", ["a"]), member("m1", ["a", "b"]), member("m2", ["a", "b"])])
        #expect(shares["m1"] == partitions("a", 0..<2) + partitions("b", 0..<1))
        #expect(shares["m2"] == partitions("a", 2..<4) + partitions("b", 1..<2))
        #expect(shares["m3"] == partitions("a", 4..<5))
    }

    @Test func `Range takes static members first, by their instance`() {
        let shares = Assignor.range.assign(
            ["a": 3],
            to: [
                member("m0", ["a"]), member("m9", ["a"], instance: "i1"),
                member("m1", ["a"], instance: "i2"),
            ])
        #expect(shares["m9"] == partitions("a", 0..<1))
        #expect(shares["m1"] == partitions("a", 1..<2))
        #expect(shares["m0"] == partitions("a", 2..<3))
    }

    @Test func `Round robin goes on from topic to topic and leaves out who is not subscribed`() {
        let shares = Assignor.roundRobin.assign(
            ["a": 1, "b": 2, "c": 3],
            to: [member("m1", ["a"]), member("m2", ["a", "b"]), member("m3", ["a", "b", "c"])])
        #expect(shares["m1"] == partitions("a", 0..<1))
        #expect(shares["m2"] == partitions("b", 0..<1))
        #expect(shares["m3"] == partitions("b", 1..<2) + partitions("c", 0..<3))
    }

    @Test func `Topics that nobody reads, and unknown ones, are nobody's`() {
        for assignor in Assignor.allCases {
            let shares = assignor.assign(
                ["a": 1, "b": 4], to: [member("m1", ["a", "unknown"])])
            #expect(shares == ["m1": partitions("a", 0..<1)])
        }
    }

    @Test func `With nobody holding anything a newcomer gets its share at once`() {
        let first = member("m1", ["a"], owned: partitions("a", 0..<4), generation: 1)
        let shares = Assignor.sticky.assign(["a": 4], to: [first, member("m2", ["a"])])
        #expect(shares["m1"]?.count == 2 && shares["m2"]?.count == 2)
        let again = Assignor.sticky.assign(
            ["a": 4],
            to: [
                member("m1", ["a"], owned: shares["m1"] ?? [], generation: 2),
                member("m2", ["a"], owned: shares["m2"] ?? [], generation: 2),
            ])
        #expect(again == shares)
    }

    @Test func `A newcomer gets its share in two rounds, and nothing else moves`() {
        let first = member("m1", ["a"], owned: partitions("a", 0..<4), generation: 1)
        let newcomer = member("m2", ["a"])
        let shares = Assignor.cooperativeSticky.assign(["a": 4], to: [first, newcomer])
        // The two that are to move are nobody's for now.
        #expect(shares["m1"]?.count == 2 && shares["m2"] == [])
        let kept = shares["m1"] ?? []
        let second = Assignor.cooperativeSticky.assign(
            ["a": 4], to: [member("m1", ["a"], owned: kept, generation: 2), newcomer])
        #expect(second["m1"] == kept && second["m2"]?.count == 2)
    }

    @Test func `Of two that claim a partition the later generation has it`() {
        let shares = Assignor.cooperativeSticky.assign(
            ["a": 2],
            to: [
                member("m1", ["a"], owned: partitions("a", 0..<2), generation: 3),
                member("m2", ["a"], owned: partitions("a", 1..<2), generation: 4),
            ])
        #expect(shares["m1"] == partitions("a", 0..<1))
        #expect(shares["m2"] == partitions("a", 1..<2))
    }

    /// Groups at random: everything readable has one owner, only subscribers own, it is as even as
    /// single moves can make it, and a second run over the result changes nothing.
    @Test func `Shares are complete, balanced and stable`() throws {
        try Seeds.run(300) { _, random in
            let topics = ["a", "b", "c"].prefix(Int.random(in: 1...3, using: &random))
            var counts: [String: Int] = [:]
            for topic in topics { counts[topic] = Int.random(in: 0...9, using: &random) }
            let all = counts.flatMap { partitions($0.key, 0..<$0.value) }
            let isUniform = Bool.random(using: &random)
            var members: [AssignorMember] = []
            for index in 0..<Int.random(in: 1...6, using: &random) {
                let read = topics.filter { _ in isUniform || Bool.random(using: &random) }
                members.append(
                    member(
                        "m\(index)", Set(read),
                        owned: all.filter { _ in Int.random(in: 0..<4, using: &random) == 0 },
                        generation: Int32.random(in: -1...3, using: &random)))
            }
            for assignor in Assignor.allCases {
                var members = members
                var shares = assignor.assign(counts, to: members)
                // A cooperative group needs rounds until nothing is on its way any more.
                for _ in 0..<3 where assignor.isCooperative {
                    try check(shares, counts, members, isComplete: false)
                    for index in members.indices {
                        members[index].owned = Set(shares[members[index].id] ?? [])
                        members[index].generation = 9
                    }
                    shares = assignor.assign(counts, to: members)
                }
                try check(shares, counts, members, isComplete: true)
                if assignor.isCooperative {
                    try checkBalance(shares, members)
                    for member in members {
                        try #require(Set(shares[member.id] ?? []) == member.owned)
                    }
                }
            }
        }
    }

    private func check(
        _ shares: [String: [TopicPartition]], _ counts: [String: Int],
        _ members: [AssignorMember], isComplete: Bool
    ) throws {
        var owners: [TopicPartition: String] = [:]
        for member in members {
            for partition in shares[member.id] ?? [] {
                try #require(member.topics.contains(partition.topic))
                try #require(Int(partition.partition) < counts[partition.topic] ?? 0)
                try #require(owners.updateValue(member.id, forKey: partition) == nil)
            }
        }
        guard isComplete else { return }
        let read = counts.filter { count in members.contains { $0.topics.contains(count.key) } }
        try #require(owners.count == read.values.reduce(0, +))
    }

    private func checkBalance(
        _ shares: [String: [TopicPartition]], _ members: [AssignorMember]
    ) throws {
        for owner in members {
            for partition in shares[owner.id] ?? [] {
                for other in members where other.topics.contains(partition.topic) {
                    let (most, least) = (shares[owner.id] ?? [], shares[other.id] ?? [])
                    try #require(most.count - least.count <= 1)
                }
            }
        }
    }

    /// Only as many partitions move as a newcomer, or a member that is gone, makes necessary.
    @Test func `Nothing moves without need`() throws {
        try Seeds.run(200) { _, random in
            let count = Int.random(in: 1...40, using: &random)
            let before = Int.random(in: 1...6, using: &random)
            var members = (0..<before).map { member("m\($0)", ["a"]) }
            let first = Assignor.cooperativeSticky.assign(["a": count], to: members)
            for index in members.indices {
                members[index].owned = Set(first[members[index].id] ?? [])
                members[index].generation = 1
            }
            let isLeaving = before > 1 && Bool.random(using: &random)
            if isLeaving { members.removeLast() } else { members.append(member("new", ["a"])) }
            let shares = Assignor.cooperativeSticky.assign(["a": count], to: members)
            for member in members {
                let kept = member.owned.intersection(shares[member.id] ?? []).count
                // Whoever has no more than anybody may keep all of it.
                let quota = count / members.count
                try #require(kept >= min(member.owned.count, quota))
            }
        }
    }
}
