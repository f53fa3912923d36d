/// What one topic has under one key, in three numbers. Digests of a part and of the part behind it
/// make the digest of both, so that a topic can be looked at piece by piece.
struct SideDigest: Equatable, Sendable {
    private(set) var count: UInt64 = 0
    /// The same for the same values in any order.
    private(set) var bag: UInt64 = 0
    /// The same for the same values in the same order.
    private(set) var sequence: UInt64 = 0
    private(set) var last: UInt64 = 0

    /// Odd, so that a place in the order is never lost to an overflow.
    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func append(_ value: UInt64) {
        count += 1
        bag &+= SideDigest.spread(value)
        sequence = sequence &* SideDigest.factor &+ SideDigest.spread(value)
        last = value
    }

    /// Takes what stands behind it.
    mutating func append(_ later: SideDigest) {
        guard later.count > 0 else { return }
        count += later.count
        bag &+= later.bag
        sequence = sequence &* SideDigest.power(later.count) &+ later.sequence
        last = later.last
    }

    /// So that sums of values mean as much as the values (the finalizer of SplitMix64).
    private static func spread(_ value: UInt64) -> UInt64 {
        var bits = value &+ factor
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    private static func power(_ exponent: UInt64) -> UInt64 {
        var result: UInt64 = 1
        var base = factor
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = result &* base }
            base = base &* base
            rest >>= 1
        }
        return result
    }
}

/// How two topics differ in a key.
enum DifferenceKind: String, Sendable, CaseIterable {
    case missing, extra, differing, order
}

/// A key and what both topics have under it.
struct KeyDigest: Sendable {
    var key: KeyFingerprint
    var first = SideDigest()
    var second = SideDigest()

    /// Nil when both have the same.
    func difference(_ rules: ComparePlan.Rules) -> DifferenceKind? {
        let hasFirst = isPresent(first, rules)
        let hasSecond = isPresent(second, rules)
        guard hasFirst, hasSecond else {
            return hasFirst == hasSecond ? nil : hasFirst ? .missing : .extra
        }
        if rules.comparesLast, !key.isKeyless {
            return first.last == second.last ? nil : .differing
        }
        guard first.count == second.count, first.bag == second.bag else { return .differing }
        return first.sequence == second.sequence || rules.ignoresOrder ? nil : .order
    }

    /// With `--last`, a null value says that there is no such key any more.
    func isPresent(_ side: SideDigest, _ rules: ComparePlan.Rules) -> Bool {
        guard side.count > 0 else { return false }
        return !rules.comparesLast || key.isKeyless || side.last != RecordHashing.null
    }
}
