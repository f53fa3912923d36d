import TestSupport
import Testing

@testable import SkafkaCLI

/// What is told of keys, whether or not they fit the memory.
@Suite struct KeyLedgerTests {
    private func key(_ number: UInt64, isKeyless: Bool = false) -> KeyFingerprint {
        KeyFingerprint(high: number &* 0x9E37_79B9_7F4A_7C15, low: isKeyless ? 1 : 0)
    }

    private func digest(_ first: [UInt64], _ second: [UInt64], isKeyless: Bool = false) -> KeyDigest
    {
        var digest = KeyDigest(key: key(1, isKeyless: isKeyless))
        for value in first { digest.first.append(value) }
        for value in second { digest.second.append(value) }
        return digest
    }

    @Test(
        arguments: [
            ([1, 2], [1, 2], DifferenceKind?.none), ([1], [], .missing), ([], [1], .extra),
            ([1, 2], [2, 1], .order), ([1, 2], [1, 3], .differing), ([1], [1, 1], .differing),
            ([1, 1, 2], [1, 2, 2], .differing), ([1, 2, 3, 1], [1, 3, 2, 1], .order),
        ] as [([UInt64], [UInt64], DifferenceKind?)])
    func differences(first: [UInt64], second: [UInt64], kind: DifferenceKind?) {
        #expect(digest(first, second).difference(ComparePlan.Rules()) == kind)
        let rules = ComparePlan.Rules(ignoresOrder: true)
        #expect(digest(first, second).difference(rules) == (kind == .order ? nil : kind))
    }

    /// 0 stands for null, which takes the key away.
    @Test(
        arguments: [
            ([1, 2], [3, 2], DifferenceKind?.none), ([1, 0], [], .none), ([1, 0], [0], .none),
            ([1], [1, 0], .missing), ([0], [1], .extra), ([1, 2], [2, 1], .differing),
        ] as [([UInt64], [UInt64], DifferenceKind?)])
    func differencesOfTheLast(first: [UInt64], second: [UInt64], kind: DifferenceKind?) {
        let rules = ComparePlan.Rules(comparesLast: true)
        #expect(digest(first, second).difference(rules) == kind)
    }

    @Test func recordsWithoutAKeyAreCountedEvenWhereTheLastCounts() {
        let rules = ComparePlan.Rules(comparesLast: true)
        #expect(digest([0], [], isKeyless: true).difference(rules) == .missing)
        #expect(digest([7, 7], [7], isKeyless: true).difference(rules) == .differing)
    }

    /// A table of a few entries tells the same as one that holds all.
    @Test func whatDoesNotFitTellsTheSame() throws {
        try Seeds.run(60) { seed, generator in
            let small = KeyLedger([:], maxEntries: Int.random(in: 1...20, using: &generator))
            let large = KeyLedger([:])
            for side in [KeyLedger.Side.first, .second] {
                for _ in 0..<Int.random(in: 0...1500, using: &generator) {
                    let key = key(UInt64.random(in: 0..<80, using: &generator))
                    let value = UInt64.random(in: 0..<3, using: &generator)
                    try small.add(key, value, side)
                    try large.add(key, value, side)
                }
            }
            var expected: [KeyFingerprint: KeyDigest] = [:]
            try large.forEach { expected[$0.key] = $0 }
            var last: KeyFingerprint?
            var count = 0
            try small.forEach { digest in
                count += 1
                #expect(digest.first == expected[digest.key]?.first, "SIM_SEED=\(seed)")
                #expect(digest.second == expected[digest.key]?.second, "SIM_SEED=\(seed)")
                if let last { #expect(last != digest.key, "SIM_SEED=\(seed)") }
                last = digest.key
            }
            #expect(count == expected.count, "SIM_SEED=\(seed)")
        }
    }

    @Test func aDirectoryThatIsNotThereIsNamed() {
        let ledger = KeyLedger(["TMPDIR": "/no/such/place"], maxEntries: 1)
        let failure = #expect(throws: CommandFailure.self) {
            try ledger.add(key(1), 1, .first)
        }
        #expect(failure?.message.contains("/no/such/place") == true)
    }
}
