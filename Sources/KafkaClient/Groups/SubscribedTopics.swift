internal import KafkaBase
internal import NIOCore

/// The topics that a member is subscribed to and, for a leader, those of all members. Takes events;
/// no clock of its own.
///
/// Bounded by the topics that the group reads.
struct SubscribedTopics {
    struct Topic: Equatable {
        var partitionCount: Int
        var id: Uuid?
        /// Of the replicas, by partition; empty where brokers do not tell.
        var racks: [Set<String>] = []
    }

    /// What an assignor goes by.
    struct Layout: Equatable {
        var partitionCounts: [String: Int] = [:]
        var racks: [String: [Set<String>]] = [:]
    }

    /// What to ask the cluster for.
    enum Refresh: Equatable {
        case all
        case named([String])
    }

    private(set) var subscription: GroupSubscription
    /// In order.
    private(set) var names: [String] = []
    private(set) var known: [String: Topic] = [:]
    /// Of other members.
    private var others: Set<String> = []
    /// Whether the coordinator matches the patterns, and so decides which topics are meant.
    private(set) var isMatchedByCoordinator = false
    private let refreshMs: Int
    private var backoff: Backoff
    private var isUnderWay = false
    private var notBefore = NIODeadline.uptimeNanoseconds(0)
    private var refreshedAt: NIODeadline?
    /// What was asked for so often, and up to which of those askings the answers reach.
    private var demand = 0
    private var begun = 0
    private var answered = 0

    init(_ subscription: GroupSubscription, refreshMs: Int, backoff: Backoff) {
        self.refreshMs = refreshMs
        self.backoff = backoff
        self.subscription = subscription
        subscribe(to: subscription)
    }

    mutating func subscribe(to subscription: GroupSubscription) {
        self.subscription = subscription
        switch subscription {
        case .topics(let topics): names = Set(topics).sorted()
        case .matching: demand += 1
        }
    }

    /// Whether the coordinator matches patterns (KIP-848; it may be another broker from now on).
    mutating func matches(byCoordinator: Bool) {
        guard byCoordinator != isMatchedByCoordinator else { return }
        isMatchedByCoordinator = byCoordinator
        if !byCoordinator, case .matching = subscription { demand += 1 }
    }

    /// Whether the names are known.
    var isResolved: Bool {
        if case .topics = subscription { return true }
        return answered > 0 || refreshedAt != nil
    }

    /// Whether the answers are younger than the last `require`.
    var isFresh: Bool { answered == demand }

    /// The state of these topics is needed, too, as it is from now on.
    mutating func require(_ topics: Set<String> = []) {
        others = topics
        demand += 1
    }

    /// Of those topics that there are.
    func layout(of topics: some Sequence<String>) -> Layout {
        var layout = Layout()
        for name in topics {
            guard let topic = known[name] else { continue }
            layout.partitionCounts[name] = topic.partitionCount
            if !topic.racks.isEmpty { layout.racks[name] = topic.racks }
        }
        return layout
    }

    func name(of id: Uuid) -> String? {
        known.first { $0.value.id == id }?.key
    }

    // MARK: Refreshes

    /// - Parameter isLeader: who looks for new partitions.
    mutating func beginRefresh(now: NIODeadline, isLeader: Bool) -> Refresh? {
        guard !isUnderWay, let due = dueAt(isLeader: isLeader), due <= now else { return nil }
        isUnderWay = true
        begun = demand
        if case .matching = subscription { return .all }
        return .named(others.union(names).sorted())
    }

    /// When the next is due; nil while one is under way, and when none is needed.
    func dueAt(isLeader: Bool) -> NIODeadline? {
        if isUnderWay { return nil }
        if !isFresh { return notBefore }
        var isPeriodic = isLeader
        if case .matching = subscription, !isMatchedByCoordinator { isPeriodic = true }
        guard isPeriodic else { return nil }
        return max(
            notBefore,
            refreshedAt.map { $0 + .milliseconds(Int64(refreshMs)) } ?? .uptimeNanoseconds(0))
    }

    mutating func refreshed(_ metadata: ClusterMetadata, now: NIODeadline) {
        isUnderWay = false
        answered = begun
        refreshedAt = now
        backoff.reset()
        for topic in metadata.topics where topic.error == .unknownTopicOrPartition {
            known[topic.name] = nil
        }
        var isAll = false
        if case .matching = subscription { isAll = true }
        let usable = metadata.topics.filter { topic in
            (topic.error == nil || topic.error == .leaderNotAvailable)
                && (others.contains(topic.name) || subscription.includes(topic)
                    || isAll && isMatchedByCoordinator && !topic.isInternal)
        }
        if isAll {
            known = [:]
            names = usable.filter { subscription.includes($0) }.map(\.name).sorted()
        }
        for topic in usable {
            known[topic.name] = Topic(
                partitionCount: topic.partitions.count, id: topic.id,
                racks: metadata.racks(of: topic))
        }
    }

    mutating func notRefreshed(now: NIODeadline) {
        isUnderWay = false
        notBefore = now + .milliseconds(Int64(backoff.nextMs()))
    }
}
