internal import KafkaBase
internal import KafkaClient

/// Topics of `consume -g` that the group took away from this member: given to another, or gone?
///
/// Under the classic protocol a member whose topic is deleted goes on asking for its partitions,
/// and the command ends when they stay unknown. Under KIP-848 the coordinator takes them away at
/// once, and the member could wait for ever for a topic that nobody will make again: this has the
/// command end as it does under the other protocol. A value; its owner locks it. Bounded by the
/// topics that were asked for.
struct MissingTopics {
    /// Between looks at the cluster.
    static let pause = Duration.seconds(1)

    /// Asked for by name; a regular expression may come to match nothing.
    private let names: Set<String>
    private let patience: Duration
    /// Since when they are known to be missing; nil until the cluster was asked.
    private var suspects: [String: ContinuousClock.Instant?] = [:]
    private var nextLook: ContinuousClock.Instant?

    init(_ names: Set<String>, patience: Duration) {
        self.names = names
        self.patience = patience
    }

    /// Whether it is still to be found out what became of topics.
    var isWaiting: Bool { !suspects.isEmpty }

    mutating func revoked(_ partitions: [TopicPartition], now: ContinuousClock.Instant) {
        for topic in Set(partitions.lazy.map(\.topic)) where names.contains(topic) {
            if suspects[topic] == nil { suspects[topic] = .some(nil) }
        }
        nextLook = now
    }

    mutating func assigned(_ partitions: [TopicPartition]) {
        for partition in partitions { suspects[partition.topic] = nil }
    }

    /// The topics to ask the cluster for now.
    mutating func beginLook(now: ContinuousClock.Instant) -> [String] {
        guard !suspects.isEmpty, let time = nextLook, time <= now else { return [] }
        nextLook = now + MissingTopics.pause
        return suspects.keys.sorted()
    }

    /// - Parameter isThere: whether the cluster has the topic.
    /// - Returns: whether it has been missing for too long.
    mutating func found(_ topic: String, isThere: Bool, now: ContinuousClock.Instant) -> Bool {
        guard let known = suspects[topic] else { return false }
        guard !isThere else {
            suspects[topic] = nil
            return false
        }
        let since = known ?? now
        suspects[topic] = since
        return now - since >= patience
    }
}
