/// What changed between two samples, a second.
///
/// Only partitions that both know count, and only those that grew: a topic that was made again, or
/// a log whose old segments went away, has no rate.
struct ClusterRates: Sendable, Equatable {
    struct Rate: Sendable, Equatable {
        var recordsPerSecond: Double?
        var bytesPerSecond: Double?

        static func + (left: Rate, right: Rate) -> Rate {
            Rate(
                recordsPerSecond: sum(left.recordsPerSecond, right.recordsPerSecond),
                bytesPerSecond: sum(left.bytesPerSecond, right.bytesPerSecond))
        }

        private static func sum(_ left: Double?, _ right: Double?) -> Double? {
            guard let left else { return right }
            return left + (right ?? 0)
        }
    }

    private(set) var topics: [String: Rate] = [:]
    /// Of the partitions that each leads.
    private(set) var brokers: [Int32: Rate] = [:]
    /// How fast each group's lag grows, in records a second.
    private(set) var lags: [String: Double] = [:]
    private(set) var total = Rate()

    init(from old: ClusterSample, to new: ClusterSample) {
        let seconds = Double(new.atNs &- old.atNs) / 1e9
        guard new.atNs > old.atNs else { return }
        let oldTopics = Dictionary(old.topics.map { ($0.name, $0) }) { first, _ in first }
        for topic in new.topics {
            guard let before = oldTopics[topic.name] else { continue }
            let known = Dictionary(before.partitions.map { ($0.number, $0) }) { first, _ in first }
            var rate = Rate()
            for partition in topic.partitions {
                guard let before = known[partition.number] else { continue }
                let own = Rate(
                    recordsPerSecond: growth(before.endOffset, partition.endOffset, seconds),
                    bytesPerSecond: growth(before.sizeBytes, partition.sizeBytes, seconds))
                rate = rate + own
                if let leader = partition.leader {
                    brokers[leader] = (brokers[leader] ?? Rate()) + own
                }
            }
            topics[topic.name] = rate
            total = total + rate
        }
        let oldGroups = Dictionary((old.groups ?? []).map { ($0.name, $0) }) { first, _ in first }
        for group in new.groups ?? [] {
            guard let lag = group.lag, let before = oldGroups[group.name]?.lag else { continue }
            lags[group.name] = Double(lag - before) / seconds
        }
    }

    private func growth(_ old: Int64?, _ new: Int64?, _ seconds: Double) -> Double? {
        guard let old, let new, new >= old else { return nil }
        return Double(new - old) / seconds
    }
}
