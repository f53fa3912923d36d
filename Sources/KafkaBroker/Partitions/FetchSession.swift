import KafkaBase
import KafkaWire

/// One fetch session (KIP-227): the partitions that a client reads, with what it asks of each and
/// what it has been told, so that requests and responses name only those where something changes
/// (Kafka's `FetchSession` and `CachedPartition`).
///
/// A value of `FetchSessionCache`, which bounds it.
struct FetchSession {
    fileprivate struct Member {
        var partition: FetchedPartition
        /// As told last; -1 for never, and after an error, so that its end is told.
        var highWatermark: Int64 = -1
        var logStartOffset: Int64 = -1
    }

    /// Whether its partitions are named by their topics' ids (version 13 and above).
    let usesTopicIDs: Bool
    /// Whether it is a replica's, whose sessions go before consumers'.
    let isPrivileged: Bool
    let createdMs: Int64
    var lastUsedMs: Int64
    /// Of the request that comes next.
    var epoch = FetchSession.nextEpoch(after: FetchSession.initialEpoch)

    private var members: [Member?] = []
    /// Indexes of members.
    private var indexes: [FetchedPartition.Key: Int] = [:]
    /// Indexes of members that are free.
    private var free: [Int] = []
    /// Indexes of members in the order in which they are read: those that gave records last are
    /// the last to be read.
    private var order: [Int] = []

    static let initialEpoch: Int32 = 0
    static let finalEpoch: Int32 = -1

    /// The epoch of the request that follows one with this epoch.
    static func nextEpoch(after epoch: Int32) -> Int32 {
        if epoch < 0 { return finalEpoch }
        return epoch == .max ? 1 : epoch + 1
    }

    init(usesTopicIDs: Bool, isPrivileged: Bool, nowMs: Int64) {
        self.usesTopicIDs = usesTopicIDs
        self.isPrivileged = isPrivileged
        createdMs = nowMs
        lastUsedMs = nowMs
    }

    var count: Int { order.count }

    /// Number of these that are not in the session.
    func newCount(among partitions: [FetchedPartition]) -> Int {
        partitions.reduce(0) { $0 + (indexes[$1.key] == nil ? 1 : 0) }
    }

    // MARK: Requests

    /// Takes over what a request asks anew, then what it is not interested in any more.
    mutating func update(_ asked: [FetchedPartition], forgotten: [FetchedPartition.Key]) {
        for partition in asked { put(partition) }
        var hasForgotten = false
        for key in forgotten {
            guard let index = indexes.removeValue(forKey: key) else { continue }
            members[index] = nil
            free.append(index)
            hasForgotten = true
        }
        if hasForgotten { order.removeAll { members[$0] == nil } }
    }

    private mutating func put(_ partition: FetchedPartition) {
        if let index = indexes[partition.key] {
            members[index]?.partition.ask = partition.ask
        } else if let index = free.popLast() {
            members[index] = Member(partition: partition)
            indexes[partition.key] = index
            order.append(index)
        } else {
            indexes[partition.key] = members.count
            order.append(members.count)
            members.append(Member(partition: partition))
        }
    }

    /// All partitions in the order in which they are to be read.
    ///
    /// - Parameter name: of a topic's id. A name that was found once stays: a topic that was made
    ///   anew since has another id.
    mutating func partitions(name: (Uuid) -> String?) -> [FetchedPartition] {
        order.map { index in
            if members[index]?.partition.topic == nil, let id = members[index]?.partition.topicID {
                members[index]?.partition.topic = name(id)
            }
            return members[index]!.partition
        }
    }

    // MARK: Responses

    /// Notes what is told of the partitions that the session began with.
    mutating func noteFirst(_ partitions: [FetchedPartition], _ answers: [Partition.FetchData]) {
        for (partition, answer) in zip(partitions, answers) {
            guard let index = indexes[partition.key] else { continue }
            members[index]?.highWatermark = answer.highWatermark
            members[index]?.logStartOffset = answer.logStartOffset
        }
    }

    /// Notes what was read, and brings those that gave records behind the others.
    ///
    /// - Parameter answers: of `partitions`, in their order.
    /// - Returns: for each whether there is something to be told.
    mutating func note(_ answers: [Partition.FetchData]) -> [Bool] {
        precondition(answers.count == order.count)
        var served: [Int] = []
        let isNews = zip(order, answers).map { index, answer in
            if answer.hasRecords { served.append(index) }
            return members[index]!.note(answer)
        }
        if !served.isEmpty {
            order = zip(order, answers).filter { !$0.1.hasRecords }.map(\.0) + served
        }
        return isNews
    }
}

extension FetchSession.Member {
    fileprivate mutating func note(_ answer: Partition.FetchData) -> Bool {
        let isError = answer.errorCode != .none
        let isNews =
            isError || answer.hasRecords || answer.divergingEpoch.epoch >= 0
            || answer.highWatermark != highWatermark || answer.logStartOffset != logStartOffset
        highWatermark = isError ? -1 : answer.highWatermark
        logStartOffset = answer.logStartOffset
        return isNews
    }
}

extension FetchResponse.PartitionData {
    var hasRecords: Bool { (records?.count ?? 0) > 0 }
}
