import KafkaBase

/// Gives each member a contiguous range of the partitions of every topic that it is subscribed to,
/// the same range of topics with the same number of partitions and the same subscribers: so that
/// they can be joined (Kafka's `RangeAssignor`).
enum RangeAssignor {
    /// How a topic is cut up.
    private struct Cut {
        var subscribers: Int32 = 0
        var next: Int32 = 0
        /// Subscribers that had their part.
        var served: Int32 = 0

        /// The part of the next subscriber: the first ones get one more where it does not come out
        /// even.
        mutating func take(of count: Int32) -> Range<Int32> {
            let size = count / subscribers + (served < count % subscribers ? 1 : 0)
            defer {
                served += 1
                next += size
            }
            return next..<next + size
        }
    }

    /// - Returns: by the members' order in `spec`.
    static func assign(_ spec: AssignmentSpec) -> [PartitionSet] {
        var cuts: [Uuid: Cut] = [:]
        for member in spec.members {
            for topic in member.topics { cuts[topic, default: Cut()].subscribers += 1 }
        }
        var parts = Array(repeating: PartitionSet(), count: spec.members.count)
        for index in order(of: spec.members) {
            for topic in spec.members[index].topics {
                guard let count = spec.partitionCounts[topic] else { continue }
                parts[index][topic] = Set(cuts[topic, default: Cut()].take(of: count))
            }
        }
        return parts
    }

    /// Static members come first, by their instances' ids: these stay over a restart, so that each
    /// finds its range again; then the others, by theirs.
    private static func order(of members: [AssignmentSpec.Member]) -> [Int] {
        members.indices.sorted { first, second in
            switch (members[first].instanceID, members[second].instanceID) {
            case (let first?, let second?): first < second
            case (_?, nil): true
            case (nil, _?): false
            case (nil, nil): members[first].id < members[second].id
            }
        }
    }
}
