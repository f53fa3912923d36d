internal import KafkaBase

/// The shares of `Assignor.sticky` and `.cooperativeSticky`: members keep what they have as far as
/// the balance allows. With the latter, a partition that is to move from a living member to another
/// is left out at first: the owner finds it missing, gives it up and joins again, and then the
/// other is given it (KIP-429).
///
/// A value for one assignment, made by the group's leader. Work and memory are bounded by the
/// number of partitions times that of members.
struct StickyAssignment {
    private let members: [AssignorMember]
    /// Who may have a topic's partitions, as indices of `members`.
    private var subscribers: [String: [Int]] = [:]
    private var shares: [Set<TopicPartition>]

    /// - Parameters:
    ///   - members: in their order.
    ///   - movesAtOnce: whether nobody holds anything now.
    static func shares(
        _ partitionCounts: [String: Int], _ members: [AssignorMember], movesAtOnce: Bool = false
    ) -> [String: [TopicPartition]] {
        var assignment = StickyAssignment(partitionCounts, members)
        assignment.placeTheRest(partitionCounts)
        assignment.balance()
        return movesAtOnce ? assignment.allShares : assignment.withoutTransfers()
    }

    private init(_ partitionCounts: [String: Int], _ members: [AssignorMember]) {
        self.members = members
        for topic in partitionCounts.keys {
            subscribers[topic] = members.indices.filter { members[$0].topics.contains(topic) }
        }
        shares = Array(repeating: [], count: members.count)
        // Where two claim a partition the later generation has it. Of the same one neither does:
        // one of them is wrong, and nobody knows which.
        var owners: [TopicPartition: (index: Int, generation: Int32, isContested: Bool)] = [:]
        for (index, member) in members.enumerated() {
            for partition in member.owned {
                guard member.topics.contains(partition.topic), partition.partition >= 0,
                    Int(partition.partition) < partitionCounts[partition.topic] ?? 0
                else { continue }
                if let other = owners[partition], other.generation >= member.generation {
                    owners[partition]?.isContested =
                        other.isContested || other.generation == member.generation
                } else {
                    owners[partition] = (index, member.generation, false)
                }
            }
        }
        for (partition, owner) in owners where !owner.isContested {
            shares[owner.index].insert(partition)
        }
    }

    /// Gives what nobody has to whoever has least, beginning with topics that few may have.
    private mutating func placeTheRest(_ partitionCounts: [String: Int]) {
        let placed = shares.reduce(into: Set<TopicPartition>()) { $0.formUnion($1) }
        let topics = subscribers.filter { !$0.value.isEmpty }.sorted {
            ($0.value.count, $0.key) < ($1.value.count, $1.key)
        }
        for (topic, _) in topics {
            for number in 0..<Int32(partitionCounts[topic] ?? 0) {
                let partition = TopicPartition(topic: topic, partition: number)
                guard !placed.contains(partition), let taker = leastLoaded(of: topic) else {
                    continue
                }
                shares[taker].insert(partition)
            }
        }
    }

    /// Moves partitions one by one from who has most to who may have them and has at least two
    /// less. Each move makes the shares more even, so this ends.
    private mutating func balance() {
        while let move = bestMove() {
            shares[move.from].remove(move.partition)
            shares[move.to].insert(move.partition)
        }
    }

    private func bestMove() -> (from: Int, to: Int, partition: TopicPartition)? {
        let byLoad = members.indices.sorted {
            (shares[$1].count, $0) < (shares[$0].count, $1)
        }
        guard let most = byLoad.first, let least = byLoad.last,
            shares[most].count - shares[least].count >= 2
        else { return nil }
        for from in byLoad {
            var best: (to: Int, topic: String)?
            for topic in Set(shares[from].lazy.map(\.topic)).sorted() {
                guard let to = leastLoaded(of: topic),
                    shares[from].count - shares[to].count >= 2,
                    best.map({ shares[to].count < shares[$0.to].count }) ?? true
                else { continue }
                best = (to, topic)
            }
            guard let best else { continue }
            // One that its owner has not had before costs nothing to move.
            let movable = shares[from].filter { $0.topic == best.topic }
            let partition =
                movable.filter { !members[from].owned.contains($0) }.max() ?? movable.max()
            if let partition { return (from, best.to, partition) }
        }
        return nil
    }

    private func leastLoaded(of topic: String) -> Int? {
        subscribers[topic]?.min { shares[$0].count < shares[$1].count }
    }

    private var allShares: [String: [TopicPartition]] {
        Dictionary(uniqueKeysWithValues: zip(members, shares).map { ($0.id, Array($1)) })
    }

    /// What members may have at once: not what another has to give up first.
    private func withoutTransfers() -> [String: [TopicPartition]] {
        var givenUp: Set<TopicPartition> = []
        for (index, member) in members.enumerated() {
            givenUp.formUnion(member.owned.subtracting(shares[index]))
        }
        var result: [String: [TopicPartition]] = [:]
        for (index, member) in members.enumerated() {
            result[member.id] = shares[index].filter {
                member.owned.contains($0) || !givenUp.contains($0)
            }
        }
        return result
    }
}
