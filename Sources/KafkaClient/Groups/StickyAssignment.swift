internal import KafkaBase

/// The shares of `Assignor.sticky` and `.cooperativeSticky`: members keep what they have as far as
/// the balance allows. With the latter, a partition that is to move from a living member to another
/// is left out at first: the owner finds it missing, gives it up and joins again, and then the
/// other is given it (KIP-429).
///
/// A value for one assignment, made by the group's leader. A partition that is placed or moved
/// costs a look at the members and at the audiences of one of them; memory is bounded by the
/// partitions and by the members of all audiences.
struct StickyAssignment {
    private struct Slot {
        var topic: Int
        var partition: Int
    }

    /// What a member has of the topics of one audience.
    private struct Stock {
        /// It had these before.
        var kept: [Slot] = []
        /// These cost nothing to move.
        var new: [Slot] = []

        var isEmpty: Bool { kept.isEmpty && new.isEmpty }
    }

    private let members: [AssignorMember]
    /// Topics that somebody reads, by name.
    private let topics: [String]
    private var indices: [String: Int] = [:]
    /// Of each topic, by the topic's index.
    private var audienceOf: [Int] = []
    private var audiences: [StickyAudience] = []
    private var audiencesOf: [[Int]]
    /// By topic and partition, the index of a member; nil for what nobody has.
    private var owners: [[Int?]] = []
    /// Partitions that each member has.
    private var loads: [Int]
    /// By member, then by audience.
    private var stocks: [[Int: Stock]]
    /// Members and audiences that were looked at.
    private(set) var steps = 0

    /// - Parameters:
    ///   - members: in their order.
    ///   - movesAtOnce: whether nobody holds anything now.
    static func shares(
        _ partitionCounts: [String: Int], _ members: [AssignorMember], movesAtOnce: Bool = false
    ) -> [String: [TopicPartition]] {
        var assignment = StickyAssignment(partitionCounts, members)
        assignment.solve()
        return assignment.shares(movesAtOnce: movesAtOnce)
    }

    init(_ partitionCounts: [String: Int], _ members: [AssignorMember]) {
        self.members = members
        loads = Array(repeating: 0, count: members.count)
        stocks = Array(repeating: [:], count: members.count)
        audiencesOf = Array(repeating: [], count: members.count)
        var subscribers: [String: [Int]] = [:]
        for (index, member) in members.enumerated() {
            for topic in member.topics where partitionCounts[topic] != nil {
                subscribers[topic, default: []].append(index)
            }
        }
        topics = subscribers.keys.sorted()
        var known: [[Int]: Int] = [:]
        for (index, topic) in topics.enumerated() {
            let readers = subscribers[topic] ?? []
            indices[topic] = index
            owners.append(Array(repeating: nil, count: max(0, partitionCounts[topic] ?? 0)))
            if known[readers] == nil {
                for reader in readers { audiencesOf[reader].append(audiences.count) }
                known[readers] = audiences.count
                audiences.append(StickyAudience(readers))
            }
            audienceOf.append(known[readers] ?? 0)
        }
        keepOwned()
    }

    private func slot(of partition: TopicPartition) -> Slot? {
        guard let topic = indices[partition.topic],
            owners[topic].indices.contains(Int(partition.partition))
        else { return nil }
        return Slot(topic: topic, partition: Int(partition.partition))
    }

    private func partition(_ slot: Slot) -> TopicPartition {
        TopicPartition(topic: topics[slot.topic], partition: Int32(slot.partition))
    }

    mutating func solve() {
        placeTheRest()
        balance()
    }

    // MARK: What members have

    /// Where two claim a partition the later generation has it. Of the same one neither does: one
    /// of them is wrong, and nobody knows which.
    private mutating func keepOwned() {
        var generations = owners.map { Array(repeating: Int32.min, count: $0.count) }
        for (index, member) in members.enumerated() {
            for partition in member.owned {
                guard member.topics.contains(partition.topic), let slot = slot(of: partition)
                else { continue }
                let other = generations[slot.topic][slot.partition]
                guard other <= member.generation else { continue }
                let isContested = other == member.generation
                owners[slot.topic][slot.partition] = isContested ? nil : index
                generations[slot.topic][slot.partition] = member.generation
            }
        }
        for topic in owners.indices {
            for (partition, owner) in owners[topic].enumerated() {
                guard let owner else { continue }
                stocks[owner][audienceOf[topic], default: Stock()].kept.append(
                    Slot(topic: topic, partition: partition))
                _ = changeLoad(of: owner, by: 1)
            }
        }
    }

    /// - Returns: whether somebody has less now than anybody before, among those of an audience.
    private mutating func changeLoad(of member: Int, by step: Int) -> Bool {
        let old = loads[member]
        loads[member] += step
        var isLess = false
        for audience in audiencesOf[member]
        where audiences[audience].change(from: old, to: loads[member], loads) {
            isLess = true
        }
        steps += audiencesOf[member].count
        return isLess
    }

    private mutating func give(_ slot: Slot, to member: Int) {
        owners[slot.topic][slot.partition] = member
        stocks[member][audienceOf[slot.topic], default: Stock()].new.append(slot)
        _ = changeLoad(of: member, by: 1)
    }

    private mutating func leastLoaded(of audience: Int) -> Int? {
        let least = audiences[audience].least
        let readers = audiences[audience].members
        let position = readers.firstIndex { loads[$0] == least }
        steps += position ?? readers.count
        return position.map { readers[$0] }
    }

    // MARK: Moves

    /// Gives what nobody has to whoever has least, beginning with topics that few may have.
    private mutating func placeTheRest() {
        let order = topics.indices.sorted {
            (audiences[audienceOf[$0]].members.count, $0)
                < (audiences[audienceOf[$1]].members.count, $1)
        }
        for topic in order {
            for partition in owners[topic].indices where owners[topic][partition] == nil {
                guard let taker = leastLoaded(of: audienceOf[topic]) else { continue }
                give(Slot(topic: topic, partition: partition), to: taker)
            }
        }
    }

    /// Moves partitions one by one from who has most to who may have them and has at least two
    /// less. Each move makes the shares more even, so this ends.
    private mutating func balance() {
        // Members that can give nothing away, until somebody has less than before.
        var isStuck = Array(repeating: false, count: members.count)
        while true {
            steps += members.count
            let most = members.indices.lazy.filter { !isStuck[$0] }
                .max { (loads[$0], $1) < (loads[$1], $0) }
            guard let from = most else { return }
            guard let audience = neediest(for: from),
                loads[from] - audiences[audience].least >= 2,
                let to = leastLoaded(of: audience), let slot = take(from, audience)
            else {
                isStuck[from] = true
                continue
            }
            if changeLoad(of: from, by: -1) {
                isStuck = Array(repeating: false, count: members.count)
            }
            give(slot, to: to)
            isStuck[to] = false
        }
    }

    /// Of those that may have something of a member's, the audience in which somebody has least.
    private mutating func neediest(for member: Int) -> Int? {
        steps += stocks[member].count
        return stocks[member].keys.min {
            (audiences[$0].least, $0) < (audiences[$1].least, $1)
        }
    }

    private mutating func take(_ member: Int, _ audience: Int) -> Slot? {
        guard var stock = stocks[member].removeValue(forKey: audience) else { return nil }
        let slot = stock.new.popLast() ?? stock.kept.popLast()
        if !stock.isEmpty { stocks[member][audience] = stock }
        return slot
    }

    // MARK: The result

    /// - Parameter movesAtOnce: otherwise a partition that another has to give up is left out.
    func shares(movesAtOnce: Bool) -> [String: [TopicPartition]] {
        var isGivenUp = owners.map { Array(repeating: false, count: $0.count) }
        if !movesAtOnce {
            for (index, member) in members.enumerated() {
                for slot in member.owned.lazy.compactMap(slot(of:))
                where owners[slot.topic][slot.partition] != index {
                    isGivenUp[slot.topic][slot.partition] = true
                }
            }
        }
        var result: [String: [TopicPartition]] = [:]
        for member in members { result[member.id] = [] }
        for topic in owners.indices {
            for (number, owner) in owners[topic].enumerated() {
                guard let owner else { continue }
                let partition = partition(Slot(topic: topic, partition: number))
                if !isGivenUp[topic][number] || members[owner].owned.contains(partition) {
                    result[members[owner].id]?.append(partition)
                }
            }
        }
        return result
    }
}

/// Members that read the same topics: what one of them has of these can go to any other. A value.
struct StickyAudience {
    /// By index, in order.
    let members: [Int]
    /// What those have who have least, and how many those are.
    private(set) var least = 0
    private var leastCount: Int

    init(_ members: [Int]) {
        self.members = members
        leastCount = members.count
    }

    /// One of them has one more now, or one less.
    ///
    /// - Parameter loads: of all members, as they are now.
    /// - Returns: whether that is less than anybody had before.
    mutating func change(from old: Int, to new: Int, _ loads: [Int]) -> Bool {
        if new < least {
            (least, leastCount) = (new, 1)
            return true
        }
        if new == least { leastCount += 1 }
        if old == least { leastCount -= 1 }
        if leastCount == 0 {
            // Who had least has one more now, and nobody has less.
            least = new
            leastCount = members.reduce(0) { loads[$1] == new ? $0 + 1 : $0 }
        }
        return false
    }
}
