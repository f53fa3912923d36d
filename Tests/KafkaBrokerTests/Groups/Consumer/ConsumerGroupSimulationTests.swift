import KafkaBase
import KafkaWire
import TestSupport
import Testing

@testable import KafkaBroker

/// Members at random in a group that is under the simulation's clock.
@Suite struct ConsumerGroupSimulationTests {
    @Test func `No partition is with two members, and all get what they are to have`() throws {
        try Seeds.run(100) { _, generator in
            var simulation = ConsumerGroupSimulation(&generator)
            for _ in 0..<120 { try simulation.step(&generator) }
            try simulation.settle(&generator)
        }
    }
}

/// What a client's side of the protocol does: it takes over what it is told, but gives up first,
/// and says what it has.
private struct SimulatedMember {
    var id: String
    var instance: String?
    var epoch: Int32 = 0
    var names: [String]?
    var pattern: String?
    var owned = PartitionSet()
    /// What it was last told to have.
    var told = PartitionSet()
    /// Whether it takes its time to give partitions up.
    var isSlow = false

    /// Follows what it was told: gives up, and takes on when nothing is left to give up.
    mutating func reconcile() {
        owned = owned.intersection(told)
        owned = told
    }

    mutating func startAgain() {
        epoch = 0
        owned = PartitionSet()
        told = PartitionSet()
    }
}

private struct ConsumerGroupSimulation {
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    private let harness: GroupHarness
    private var members: [SimulatedMember] = []
    private var born = 0
    /// That were read as bytes already.
    private var recordsRead = 0
    private let names = ["a", "b", "c", "d", "ab", "abc"]

    init(_ generator: inout SeededGenerator) {
        harness = GroupHarness(TestTopics(["a": 4, "b": 3, "ab": 2]))
        harness.settings.assignors =
            Bool.random(using: &generator) ? [.uniform] : [.range, .uniform]
    }

    mutating func step(_ generator: inout SeededGenerator) throws {
        switch Int.random(in: 0..<27, using: &generator) {
        case 0, 1: if members.count < 7 { members.append(newMember(&generator)) }
        case 2: if let index = pick(&generator) { try leave(index) }
        case 3: crash(&generator)
        case 4: subscribeAnew(&generator)
        case 5: changeTopics(&generator)
        case 6: harness.advance(byMs: .random(in: 0...20_000, using: &generator))
        case 7: try restart()
        case 8: if let index = pick(&generator) { members[index].isSlow.toggle() }
        case 9...11: harness.resolvePatterns()
        default:
            harness.advance(byMs: .random(in: 0...1500, using: &generator))
            guard let index = pick(&generator) else { return }
            try heartbeat(index, losesAnswer: Int.random(in: 0..<8, using: &generator) == 0)
            if !members[index].isSlow, Bool.random(using: &generator) { members[index].reconcile() }
        }
        try check()
    }

    /// Everybody behaves from now on: the group comes to rest.
    mutating func settle(_ generator: inout SeededGenerator) throws {
        // Who crashed is missed.
        for _ in 0..<3 {
            harness.advance(byMs: 20_000)
            for index in members.indices { try heartbeat(index, losesAnswer: false) }
        }
        for _ in 0..<12 {
            for index in members.indices.shuffled(using: &generator) {
                try heartbeat(index, losesAnswer: false)
                harness.resolvePatterns()
                members[index].reconcile()
                try check()
            }
        }
        for index in members.indices { try heartbeat(index, losesAnswer: false) }
        let group = harness.group
        guard group.state == (members.isEmpty ? .empty : .stable) else {
            throw Problem(description: "\(group.state) in the end")
        }
        var all = PartitionSet()
        for member in members {
            let target = group.target[member.id] ?? PartitionSet()
            guard member.owned == target, member.epoch == group.epoch else {
                throw Problem(description: "\(member.id) has \(member.owned), not what it is to")
            }
            all.formUnion(member.owned)
        }
        let wanted = PartitionSet(
            group.subscribedTopicNames.compactMap { harness.topics.topic($0) }.map {
                ($0.id, Array(0..<$0.partitions))
            })
        guard all == wanted else { throw Problem(description: "\(all) is not all of \(wanted)") }
        try restart()
    }

    // MARK: What members do

    private func pick(_ generator: inout SeededGenerator) -> Int? {
        members.indices.randomElement(using: &generator)
    }

    private mutating func newMember(_ generator: inout SeededGenerator) -> SimulatedMember {
        born += 1
        var member = SimulatedMember(id: "m\(born)")
        let instance = "i\(Int.random(in: 0..<4, using: &generator))"
        let isTaken = members.contains { $0.instance == instance }
        if !isTaken, Bool.random(using: &generator) { member.instance = instance }
        subscribe(&member, &generator)
        return member
    }

    private func subscribe(_ member: inout SimulatedMember, _ generator: inout SeededGenerator) {
        let usesPattern = Int.random(in: 0..<3, using: &generator) == 0
        member.pattern = usesPattern ? ["a.*", "b|c", ".*"].randomElement(using: &generator) : ""
        member.names =
            usesPattern && Bool.random(using: &generator)
            ? [] : names.filter { _ in Bool.random(using: &generator) }
    }

    private mutating func subscribeAnew(_ generator: inout SeededGenerator) {
        guard let index = pick(&generator) else { return }
        subscribe(&members[index], &generator)
    }

    /// Without a word; what it had is not used any more.
    private mutating func crash(_ generator: inout SeededGenerator) {
        if let index = pick(&generator) { members.remove(at: index) }
    }

    private mutating func leave(_ index: Int) throws {
        let member = members.remove(at: index)
        guard member.epoch > 0 else { return }
        // A static one says that it will be back, but does not come.
        _ = try? harness.heartbeat(
            member.id, epoch: member.instance == nil ? -1 : -2, instance: member.instance)
    }

    private mutating func heartbeat(_ index: Int, losesAnswer: Bool) throws {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupId = "g"
        request.memberId = members[index].id
        request.memberEpoch = members[index].epoch
        request.instanceId = members[index].instance
        request.rebalanceTimeoutMs = 30_000
        request.subscribedTopicNames = members[index].names
        request.subscribedTopicRegex = members[index].pattern
        // It says what it has when it is done with what it was told.
        if members[index].owned == members[index].told {
            request.topicPartitions = ConsumerGroupHeartbeatRequest.topics(of: members[index].told)
        }
        do {
            let response = try harness.send(request)
            guard !losesAnswer else { return }
            members[index].epoch = response.memberEpoch
            members[index].told = response.assigned ?? members[index].told
        } catch let error as ApiError {
            switch error.code {
            case .fencedMemberEpoch, .unknownMemberId: members[index].startAgain()
            // Its place is not free yet: it tries again.
            case .unreleasedInstanceId, .fencedInstanceId: members[index].startAgain()
            default: throw Problem(description: "\(error)")
            }
        }
    }

    // MARK: The world

    private func changeTopics(_ generator: inout SeededGenerator) {
        guard let name = names.randomElement(using: &generator) else { return }
        let count = harness.topics.topic(name)?.partitions ?? 0
        if count > 0, Int.random(in: 0..<3, using: &generator) == 0 {
            harness.topics.delete(name)
        } else {
            harness.topics.set(name, count + .random(in: 1...3, using: &generator))
        }
    }

    /// The records say all there is, as bytes too.
    private mutating func restart() throws {
        let before = harness.group
        for record in harness.records[recordsRead...] {
            let decoded = try ConsumerGroupRecord.decoded(record.encoded(of: "g"))
            guard decoded?.groupID == "g", decoded?.record == record else {
                throw Problem(description: "\(record) is read as \(String(describing: decoded))")
            }
        }
        recordsRead = harness.records.count
        harness.restart()
        guard harness.group == before else {
            throw Problem(description: "\(harness.group) instead of \(before) after a restart")
        }
    }

    /// Who is in the group, in the epoch that the group gave it, has what nobody else has.
    private func check() throws {
        var all = PartitionSet()
        for member in members where harness.group.members[member.id] != nil && member.epoch > 0 {
            guard member.owned.isDisjoint(with: all) else {
                throw Problem(description: "\(member.id) has what another has: \(members)")
            }
            all.formUnion(member.owned)
        }
    }
}
