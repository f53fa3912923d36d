import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct OffsetRangeTests {
    @Test(
        arguments: [
            ("beginning", .beginning), ("earliest", .beginning), ("start", .beginning),
            ("oldest", .beginning), ("end", .end), ("newest", .end),
            ("latest", .end), ("0", .absolute(0)), ("123", .absolute(123)), ("-10", .beforeEnd(10)),
            ("@1700000000000", .time(.absolute(1_700_000_000_000))),
            ("@-90m", .time(.ago(5_400_000))),
            ("@2023-11-14", .time(.absolute(1_699_920_000_000))),
            ("@2023-11-14T22:13:20Z", .time(.absolute(1_700_000_000_000))),
        ] as [(String, OffsetPoint)])
    func readsPoints(text: String, point: OffsetPoint) {
        #expect(OffsetRange(text) == OffsetRange(from: point))
    }

    @Test(
        arguments: [
            ("100:200", .absolute(100), .absolute(200)), ("@-1h:end", .time(.ago(3_600_000)), .end),
            (":end", .beginning, .end), ("5:", .absolute(5), .end),
            ("-5:-1", .beforeEnd(5), .beforeEnd(1)),
            ("@2023-11-14T22:13:20Z:end", .time(.absolute(1_700_000_000_000)), .end),
            (
                "@2023-11-14T22:13:20+02:00:@2023-11-14T22:13:21Z",
                .time(.absolute(1_699_992_800_000)), .time(.absolute(1_700_000_001_000))
            ),
            ("s@5", .time(.absolute(5)), nil), ("e@6", nil, .time(.absolute(6))),
        ] as [(String, OffsetPoint?, OffsetPoint?)])
    func readsRanges(text: String, from: OffsetPoint?, to: OffsetPoint?) {
        #expect(OffsetRange(text) == OffsetRange(from: from, to: to))
    }

    @Test(arguments: [
        "", "foo", "--5", "1.5", "@", "@yesterday", "@-5", "1:2:3", "s@", "99999999999999999999",
        "+5",
    ])
    func refusesTheRest(text: String) {
        #expect(OffsetRange(text) == nil)
    }

    @Test func partsComeTogether() throws {
        #expect(
            try OffsetRange(options: ["s@1", "e@2"])
                == OffsetRange(from: .time(.absolute(1)), to: .time(.absolute(2))))
        #expect(throws: CommandFailure.self) { try OffsetRange(options: ["1", "2"]) }
        #expect(throws: CommandFailure.self) { try OffsetRange(options: ["1:2", "e@3"]) }
        #expect(throws: CommandFailure.self) { try OffsetRange(options: ["x"]) }
    }

    @Test func survivesAnything() {
        var random = SeededGenerator(seed: 31)
        let alphabet = Array("0123456789:@-TZse.ndmh+é ")
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0..<24, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? ":"
                })
            _ = OffsetRange(text)
            _ = PartitionList(text)
            _ = DurationText(text)
        }
    }

    @Test(
        arguments: [
            (.beginning, 10), (.end, 90), (.absolute(50), 50), (.absolute(500), 500),
            (.beforeEnd(1000), 10), (.beforeEnd(.max), 10), (.time(.ago(1)), 90),
        ] as [(OffsetPoint, Int64)])
    func becomesAnOffset(point: OffsetPoint, offset: Int64) {
        let bounds = RangeResolver.Bounds(start: 10, end: 90)
        #expect(bounds.offset(of: point, found: nil) == offset)
    }

    /// A partition may never get to an end that is said as a number.
    @Test(arguments: [(.absolute(50), 50), (.absolute(500), 90)] as [(OffsetPoint, Int64)])
    func readingEndsAtTheEndAsItIs(point: OffsetPoint, offset: Int64) {
        let bounds = RangeResolver.Bounds(start: 10, end: 90)
        #expect(bounds.limit(of: point, found: nil) == offset)
    }

    @Test(arguments: [OffsetPoint.time(.ago(1)), .beforeEnd(5)])
    func whatHasToBeLookedForIsWhatWasFound(point: OffsetPoint) {
        let bounds = RangeResolver.Bounds(start: 10, end: 90)
        #expect(bounds.offset(of: point, found: 33) == 33)
    }
}

@Suite struct PartitionListTests {
    @Test(
        arguments: [
            ("0", [0]), ("3,1", [1, 3]), ("0,2-4", [0, 2, 3, 4]), ("1-1,1", [1]),
        ] as [(String, [Int32])])
    func reads(text: String, partitions: [Int32]) {
        #expect(PartitionList(text)?.partitions == partitions)
    }

    @Test(arguments: ["", ",", "1,", "a", "-1", "4-2", "1-", "0-2147483647", "1.0", "2-3-4"])
    func refuses(text: String) {
        #expect(PartitionList(text) == nil)
    }
}
