internal import KafkaClient

/// Gathers what differences are called, and where they begin, while the topics are read again. A
/// value; bounded by the differences that are to be named and by `maxBytes` of keys.
struct DifferenceNames {
    private var digests: [KeyFingerprint: KeyDigest]
    private var found: [KeyFingerprint: ComparisonReport.Difference] = [:]
    /// Keys that the present side still has to show.
    private var open: Set<KeyFingerprint> = []
    private var bytes = 0
    private let maxBytes: Int
    private let rules: ComparePlan.Rules

    init(_ digests: [KeyDigest], rules: ComparePlan.Rules, maxBytes: Int) {
        self.digests = Dictionary(uniqueKeysWithValues: digests.map { ($0.key, $0) })
        self.rules = rules
        self.maxBytes = maxBytes
    }

    /// Whether nothing more is to be looked for on this side.
    var isComplete: Bool { open.isEmpty }

    /// A side is read from its start.
    mutating func begin(_ side: KeyLedger.Side) {
        let there = digests.values.filter { digest in
            switch side {
            case .first: digest.first.count > 0
            case .second: digest.second.count > 0
            }
        }
        open = Set(there.map(\.key))
    }

    mutating func add(
        _ key: KeyFingerprint, _ record: ConsumedRecord, _ partition: Int32, _ side: KeyLedger.Side
    ) {
        guard open.remove(key) != nil, let digest = digests[key] else { return }
        let place = ComparisonReport.Place(partition: partition, offset: record.offset)
        if found[key] == nil {
            let text = key.isKeyless ? record.value : record.key
            bytes += text?.count ?? 0
            guard bytes <= maxBytes, let kind = digest.difference(rules) else { return }
            found[key] = ComparisonReport.Difference(
                kind: kind, text: text.map { Array($0) }, isKeyless: key.isKeyless,
                firstCount: digest.first.count, secondCount: digest.second.count)
        }
        switch side {
        case .first: found[key]?.firstPlace = place
        case .second: found[key]?.secondPlace = place
        }
    }

    /// By where they begin in the first topic, then those that only the second one has.
    var differences: [ComparisonReport.Difference] {
        func order(_ place: ComparisonReport.Place?) -> (Int32, Int64) {
            place.map { ($0.partition, $0.offset) } ?? (.max, .max)
        }
        return found.values.sorted {
            let (left, right) = (order($0.firstPlace), order($1.firstPlace))
            return left == right ? order($0.secondPlace) < order($1.secondPlace) : left < right
        }
    }
}
