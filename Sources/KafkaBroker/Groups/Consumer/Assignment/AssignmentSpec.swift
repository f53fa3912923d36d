import KafkaBase

/// What an assignor decides on: the members of a group with what they are subscribed to and have
/// been given so far, and the topics' partitions (Kafka's `GroupSpec`). A value.
struct AssignmentSpec: Sendable {
    struct Member: Sendable {
        var id: String
        /// Of a static member (KIP-345).
        var instanceID: String?
        /// Topics that exist, by id.
        var topics: Set<Uuid>
        /// What it was to have by the assignment before this one.
        var current = PartitionSet()
    }

    /// In the order of their ids.
    let members: [Member]
    let partitionCounts: [Uuid: Int32]

    init(members: [Member], partitionCounts: [Uuid: Int32]) {
        self.members = members.sorted { $0.id < $1.id }
        self.partitionCounts = partitionCounts
    }

    /// Whether all are subscribed to the same topics.
    var isHomogeneous: Bool {
        members.allSatisfy { $0.topics == members[0].topics }
    }

    /// What each member has of what it is still subscribed to and what still exists. Where two
    /// members were to have the same partition, the first keeps it.
    func kept() -> [PartitionSet] {
        var taken = PartitionSet()
        return members.map { member in
            let kept = member.current.keeping(member.topics).filter { topic, partition in
                partition < partitionCounts[topic] ?? 0 && !taken.contains(topic, partition)
            }
            taken.formUnion(kept)
            return kept
        }
    }
}

/// The assignors that a broker has (`group.consumer.assignors`).
enum ServerAssignor: String, Sendable, CaseIterable {
    case uniform
    case range

    /// - Returns: for every member of the group what it is to have.
    func assign(_ spec: AssignmentSpec) -> [String: PartitionSet] {
        guard !spec.members.isEmpty else { return [:] }
        let parts =
            switch self {
            case .range: RangeAssignor.assign(spec)
            case .uniform where spec.isHomogeneous: UniformAssignor.assignHomogeneous(spec)
            case .uniform: UniformAssignor.assignHeterogeneous(spec)
            }
        return Dictionary(uniqueKeysWithValues: zip(spec.members.map(\.id), parts))
    }
}
