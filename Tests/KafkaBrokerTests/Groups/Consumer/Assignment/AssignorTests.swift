import KafkaBase
import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct AssignorTests {
    private static let topics = (0..<8).map { Uuid(high: 0x4000, low: 1 << 63 | UInt64($0)) }

    // MARK: Examples

    private static func spec(
        _ members: [(id: String, instanceID: String?, topics: [Int])], partitions: [Int32],
        current: [String: PartitionSet] = [:]
    ) -> AssignmentSpec {
        AssignmentSpec(
            members: members.map { member in
                .init(
                    id: member.id, instanceID: member.instanceID,
                    topics: Set(member.topics.map { topics[$0] }),
                    current: current[member.id] ?? PartitionSet())
            },
            partitionCounts: Dictionary(
                uniqueKeysWithValues: partitions.enumerated().map { (topics[$0], $1) }))
    }

    private static func set(_ parts: [(Int, [Int32])]) -> PartitionSet {
        PartitionSet(parts.map { (topics[$0.0], $0.1) })
    }

    @Test func `Range gives the same range of topics of the same size`() {
        let spec = Self.spec([("a", nil, [0, 1]), ("b", nil, [0, 1])], partitions: [3, 3])
        let assignment = ServerAssignor.range.assign(spec)
        #expect(assignment["a"] == Self.set([(0, [0, 1]), (1, [0, 1])]))
        #expect(assignment["b"] == Self.set([(0, [2]), (1, [2])]))
    }

    @Test func `Range cuts each topic among its own subscribers`() {
        let spec = Self.spec(
            [("a", nil, [0]), ("b", nil, [0, 1]), ("c", nil, [1])], partitions: [3, 2])
        let assignment = ServerAssignor.range.assign(spec)
        #expect(assignment["a"] == Self.set([(0, [0, 1])]))
        #expect(assignment["b"] == Self.set([(0, [2]), (1, [0])]))
        #expect(assignment["c"] == Self.set([(1, [1])]))
    }

    @Test func `Range leaves those out for whom nothing is left`() {
        let spec = Self.spec([("a", nil, [0]), ("b", nil, [0]), ("c", nil, [0])], partitions: [2])
        let assignment = ServerAssignor.range.assign(spec)
        #expect(assignment["a"] == Self.set([(0, [0])]))
        #expect(assignment["b"] == Self.set([(0, [1])]))
        #expect(assignment["c"] == PartitionSet())
    }

    @Test func `Range orders static members by their instances, in front of the others`() {
        let before = ServerAssignor.range.assign(
            Self.spec([("m1", "i1", [0]), ("m2", "i2", [0]), ("a", nil, [0])], partitions: [5]))
        // The same instances come back under other ids.
        let after = ServerAssignor.range.assign(
            Self.spec([("z1", "i1", [0]), ("b2", "i2", [0]), ("a", nil, [0])], partitions: [5]))
        #expect(before["m1"] == Self.set([(0, [0, 1])]))
        #expect(before["m2"] == Self.set([(0, [2, 3])]))
        #expect(before["a"] == Self.set([(0, [4])]))
        #expect(after["z1"] == before["m1"])
        #expect(after["b2"] == before["m2"])
        #expect(after["a"] == before["a"])
    }

    @Test func `Uniform takes from who has too many only`() {
        let spec = Self.spec(
            [("a", nil, [0]), ("b", nil, [0]), ("c", nil, [0])], partitions: [6],
            current: ["a": Self.set([(0, [0, 1, 2])]), "b": Self.set([(0, [3, 4, 5])])])
        let assignment = ServerAssignor.uniform.assign(spec)
        #expect(assignment["a"] == Self.set([(0, [0, 1])]))
        #expect(assignment["b"] == Self.set([(0, [3, 4])]))
        #expect(assignment["c"] == Self.set([(0, [2, 5])]))
    }

    @Test func `Uniform leaves the odd partition with who has it`() {
        let spec = Self.spec(
            [("a", nil, [0]), ("b", nil, [0])], partitions: [3],
            current: ["a": Self.set([(0, [2])]), "b": Self.set([(0, [0, 1])])])
        let assignment = ServerAssignor.uniform.assign(spec)
        #expect(assignment["a"] == Self.set([(0, [2])]))
        #expect(assignment["b"] == Self.set([(0, [0, 1])]))
    }

    @Test func `Uniform evens out over topics that not all are subscribed to`() {
        let spec = Self.spec(
            [("a", nil, [0, 1]), ("b", nil, [1])], partitions: [2, 4],
            current: ["a": Self.set([(0, [0, 1]), (1, [0, 1])]), "b": Self.set([(1, [2, 3])])])
        let assignment = ServerAssignor.uniform.assign(spec)
        #expect(assignment["a"] == Self.set([(0, [0, 1]), (1, [0])]))
        #expect(assignment["b"] == Self.set([(1, [1, 2, 3])]))
    }

    @Test func `Nothing is assigned where there is nobody, or nothing`() {
        for assignor in ServerAssignor.allCases {
            #expect(assignor.assign(Self.spec([], partitions: [3])).isEmpty)
            let idle = assignor.assign(
                Self.spec([("a", nil, []), ("b", nil, [])], partitions: [3]))
            #expect(idle == ["a": PartitionSet(), "b": PartitionSet()])
        }
    }

    // MARK: Properties

    /// A group at random, with an assignment from before that may be of other times.
    private static func anySpec(_ generator: inout SeededGenerator) -> AssignmentSpec {
        let count = Int.random(in: 1...topics.count, using: &generator)
        let counts = Dictionary(
            uniqueKeysWithValues: topics.prefix(count).map {
                ($0, Int32.random(in: 1...12, using: &generator))
            })
        let isHomogeneous = Bool.random(using: &generator)
        let all = Set(counts.keys.filter { _ in Int.random(in: 0..<4, using: &generator) > 0 })
        var free = PartitionSet(
            topics.map { topic in (topic, (0..<14).map { $0 }) })
        let members = (0..<Int.random(in: 1...10, using: &generator)).map { index in
            let own = counts.keys.filter { _ in Bool.random(using: &generator) }
            let current = free.filter { _, _ in Int.random(in: 0..<6, using: &generator) == 0 }
            free = free.subtracting(current)
            return AssignmentSpec.Member(
                id: "m\(index)", instanceID: Bool.random(using: &generator) ? "i\(index)" : nil,
                topics: isHomogeneous ? all : Set(own), current: current)
        }
        return AssignmentSpec(members: members, partitionCounts: counts)
    }

    private static func checkWhole(_ assignment: [String: PartitionSet], of spec: AssignmentSpec) {
        var all = PartitionSet()
        var subscribed: Set<Uuid> = []
        for member in spec.members {
            let part = assignment[member.id] ?? PartitionSet()
            #expect(
                Set(part.byTopic.keys).isSubset(of: member.topics), "only what it subscribed to")
            #expect(part.isDisjoint(with: all), "nothing twice")
            all.formUnion(part)
            subscribed.formUnion(member.topics)
        }
        let wanted = PartitionSet(
            subscribed.map { ($0, Array(0..<(spec.partitionCounts[$0] ?? 0))) })
        #expect(all == wanted, "everything once")
        #expect(Set(assignment.keys) == Set(spec.members.map(\.id)))
    }

    @Test func `Every partition goes to one subscriber, whatever the group`() throws {
        try Seeds.run(300) { _, generator in
            let spec = Self.anySpec(&generator)
            for assignor in ServerAssignor.allCases {
                Self.checkWhole(assignor.assign(spec), of: spec)
            }
        }
    }

    @Test func `Uniform is balanced: no subscriber has two less than the owner of a partition`()
        throws
    {
        try Seeds.run(300) { _, generator in
            let spec = Self.anySpec(&generator)
            let assignment = ServerAssignor.uniform.assign(spec)
            let loads = assignment.mapValues(\.count)
            for owner in spec.members {
                for topic in assignment[owner.id, default: PartitionSet()].byTopic.keys {
                    for other in spec.members where other.topics.contains(topic) {
                        #expect(loads[owner.id, default: 0] - loads[other.id, default: 0] <= 1)
                    }
                }
            }
            if spec.isHomogeneous {
                let sizes = loads.values
                #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
            }
        }
    }

    @Test func `Uniform moves nothing where nothing has changed`() throws {
        try Seeds.run(300) { _, generator in
            let spec = Self.anySpec(&generator)
            let first = ServerAssignor.uniform.assign(spec)
            let again = AssignmentSpec(
                members: spec.members.map { member in
                    var member = member
                    member.current = first[member.id] ?? PartitionSet()
                    return member
                }, partitionCounts: spec.partitionCounts)
            #expect(ServerAssignor.uniform.assign(again) == first)
        }
    }

    @Test func `Uniform moves no more than a leaving member's partitions, or a joining one's part`()
        throws
    {
        try Seeds.run(300) { _, generator in
            var spec = Self.anySpec(&generator)
            guard spec.isHomogeneous, spec.members.count > 1 else { return }
            let first = ServerAssignor.uniform.assign(spec)
            let leaver = spec.members[Int.random(in: spec.members.indices, using: &generator)]
            let rest = spec.members.filter { $0.id != leaver.id }.map { member in
                var member = member
                member.current = first[member.id] ?? PartitionSet()
                return member
            }
            spec = AssignmentSpec(members: rest, partitionCounts: spec.partitionCounts)
            let second = ServerAssignor.uniform.assign(spec)
            for member in rest {
                #expect(member.current.isSubset(of: second[member.id] ?? PartitionSet()))
            }
            let newcomer = AssignmentSpec.Member(id: "new", topics: leaver.topics)
            let joined = AssignmentSpec(
                members: rest.map { member in
                    var member = member
                    member.current = second[member.id] ?? PartitionSet()
                    return member
                } + [newcomer], partitionCounts: spec.partitionCounts)
            let third = ServerAssignor.uniform.assign(joined)
            let moved = rest.reduce(0) { moved, member in
                let before = second[member.id] ?? PartitionSet()
                return moved + before.subtracting(third[member.id] ?? PartitionSet()).count
            }
            #expect(moved == third["new"]?.count)
        }
    }
}
