/// The last values of each topic, group and broker, for their curves. Bounded: `lengthMax` for each
/// that there is.
struct TopHistory: Sendable {
    static let lengthMax = 120

    private(set) var topics: [String: [Double?]] = [:]
    private(set) var groups: [String: [Double?]] = [:]
    private(set) var brokers: [Int32: [Double?]] = [:]
    private(set) var total: [Double?] = []

    /// - Parameter rates: nil for the first sample, which has none.
    mutating func add(_ sample: ClusterSample, _ rates: ClusterRates?) {
        groups = TopHistory.extended(
            groups, with: (sample.groups ?? []).map { ($0.name, $0.lag.map { Double($0) }) })
        guard let rates else { return }
        topics = TopHistory.extended(
            topics, with: sample.topics.map { ($0.name, rates.topics[$0.name]?.recordsPerSecond) })
        brokers = TopHistory.extended(
            brokers, with: sample.brokers.map { ($0.id, rates.brokers[$0.id]?.recordsPerSecond) })
        TopHistory.append(rates.total.recordsPerSecond, to: &total)
    }

    /// Those that are gone are forgotten.
    private static func extended<Key: Hashable>(
        _ old: [Key: [Double?]], with values: [(Key, Double?)]
    ) -> [Key: [Double?]] {
        var result: [Key: [Double?]] = [:]
        for (key, value) in values {
            var history = old[key] ?? []
            append(value, to: &history)
            result[key] = history
        }
        return result
    }

    private static func append(_ value: Double?, to history: inout [Double?]) {
        history.append(value)
        if history.count > lengthMax { history.removeFirst(history.count - lengthMax) }
    }
}
