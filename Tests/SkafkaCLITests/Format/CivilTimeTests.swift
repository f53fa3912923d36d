import Testing

@testable import SkafkaCLI

@Suite struct CivilTimeTests {
    /// By `date -u -d … +%s%3N`.
    @Test(
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("2023-11-14T22:13:20.123Z", 1_700_000_000_123),
            ("2000-02-29T23:59:59.999Z", 951_868_799_999), ("1969-12-31T23:59:59.000Z", -1000),
            ("2100-03-01T00:00:00.000Z", 4_107_542_400_000),
            ("0001-01-01T00:00:00.000Z", -62_135_596_800_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)])
    func goesBothWays(text: String, ms: Int64) {
        #expect(CivilTime.milliseconds(of: text) == ms)
        #expect(CivilTime.rfc3339(ms) == text)
    }

    @Test(
        arguments: [
            ("2023-11-14", 1_699_920_000_000), ("2023-11-14T22:13:20Z", 1_700_000_000_000),
            ("2023-11-14 22:13:20", 1_700_000_000_000),
            ("2023-11-15T00:13:20+02:00", 1_700_000_000_000),
            ("2023-11-14T16:43:20.5-0530", 1_700_000_000_500),
            ("2023-11-14T22:13", 1_699_999_980_000),
            ("2023-11-14t22:13:20.123456z", 1_700_000_000_123),
        ] as [(String, Int64)])
    func readsOtherForms(text: String, ms: Int64) {
        #expect(CivilTime.milliseconds(of: text) == ms)
    }

    @Test(arguments: [
        "", "2023", "2023-13-01", "2023-02-29", "2023-11-31", "2023-11-14T", "2023-11-14T24:00",
        "2023-11-14T22:60", "2023-11-14T22:13:20.", "2023-11-14T22:13:20+2", "23-11-14",
        "2023-11-14Z", "2023-11-14T22:13:20Zx", "2023-00-10", "2023-01-00",
    ])
    func refusesTheRest(text: String) {
        #expect(CivilTime.milliseconds(of: text) == nil)
    }

    @Test func isMonotonicOverAllDays() {
        var previous: Int64 = -1
        for day in stride(from: Int64(0), to: 80_000, by: 1) {
            let text = CivilTime.rfc3339(day * 86_400_000)
            #expect(CivilTime.milliseconds(of: text) == day * 86_400_000, "\(text)")
            #expect(day > previous)
            previous = day
        }
    }

    @Test func noTimestampIsADash() {
        #expect(CivilTime.rfc3339(-1) == "-")
    }
}
