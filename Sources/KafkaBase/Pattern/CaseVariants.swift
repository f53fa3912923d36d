/// Which scalars are the same letter in another case: `k`, `K` and the sign of kelvin.
struct CaseVariants: Sendable {
    /// Made when an expression first ignores case, in a few ms.
    static let all = CaseVariants()

    /// Sets up to this size are looked up scalar by scalar.
    private static let smallCount = 256
    /// Behind it no scalar has a case.
    private static let lastCased: UInt32 = 0x1E943

    private var groups: [[UInt32]] = []
    private var groupOf: [UInt32: Int] = [:]

    private init() {
        var byFolded: [UInt32: [UInt32]] = [:]
        for value in 0...CaseVariants.lastCased {
            guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenCaseMapped
            else { continue }
            byFolded[CaseVariants.folded(scalar).value, default: []].append(value)
        }
        for group in byFolded.values where group.count > 1 {
            for value in group { groupOf[value] = groups.count }
            groups.append(group)
        }
    }

    /// One scalar for all cases of a letter; those that need several stay as they are.
    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let upper = single(scalar.properties.uppercaseMapping) ?? scalar
        return single(upper.properties.lowercaseMapping) ?? upper
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }

    /// All cases of the letters of a set.
    func of(_ set: ScalarSet) -> [ClosedRange<UInt32>] {
        let count = set.ranges.reduce(0) { $0 + $1.count }
        let found =
            count <= CaseVariants.smallCount
            ? set.ranges.joined().compactMap { groupOf[$0] }.map { groups[$0] }
            : groups.filter { $0.contains(where: set.contains) }
        return found.joined().map { $0...$0 }
    }
}
