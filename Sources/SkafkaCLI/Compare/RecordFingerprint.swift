internal import KafkaClient
internal import KafkaRecords

/// A key in 128 bits. Two keys with the same bits are taken for one: among a thousand million keys
/// that happens once in 10^20 runs.
struct KeyFingerprint: Hashable, Comparable, Sendable {
    var high: UInt64
    /// Its last bit says whether the record has no key, and stands under its value.
    var low: UInt64

    var isKeyless: Bool { low & 1 == 1 }

    static func < (left: KeyFingerprint, right: KeyFingerprint) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

/// Hashes records for one run of `compare`; the hashes mean nothing to another process.
struct RecordHashing: Sendable {
    let rules: ComparePlan.Rules

    /// What stands for a null value.
    static let null: UInt64 = 0

    func fingerprint(of record: ConsumedRecord) -> KeyFingerprint {
        guard let key = record.key else {
            let value = value(of: record)
            return KeyFingerprint(
                high: RecordHashing.hash(3) { $0.combine(value) },
                low: RecordHashing.hash(4) { $0.combine(value) } | 1)
        }
        return KeyFingerprint(
            high: RecordHashing.hash(1) { $0.combine(bytes: key) },
            low: RecordHashing.hash(2) { $0.combine(bytes: key) } & ~1)
    }

    /// What is compared of a record besides its key.
    func value(of record: ConsumedRecord) -> UInt64 {
        if record.value == nil, !rules.comparesHeaders, !rules.comparesTimestamps {
            return RecordHashing.null
        }
        let hash = RecordHashing.hash(5) { hasher in
            hasher.combine(record.value != nil)
            if let value = record.value { hasher.combine(bytes: value) }
            if rules.comparesTimestamps { hasher.combine(record.timestamp) }
            guard rules.comparesHeaders else { return }
            record.headers.forEach { name, value in
                hasher.combine(name.count)
                hasher.combine(bytes: name)
                hasher.combine(value?.count ?? -1)
                if let value { hasher.combine(bytes: value) }
            }
        }
        return hash == RecordHashing.null ? 1 : hash
    }

    private static func hash(_ purpose: Int, _ feed: (inout Hasher) -> Void) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(purpose)
        feed(&hasher)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
