import Testing

@testable import SkafkaCLI

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("10s", 10_000), ("500ms", 500), ("1m", 60_000), ("1h30m", 5_400_000), ("2d", 172_800_000),
        ("1.5s", 1500), ("0", 0), ("0s", 0),
    ])
    func readsUnits(text: String, milliseconds: Int64) {
        #expect(DurationText(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "10", "s", "-5s", "5x", "1h30", "1e3s", "99999999999999999999d", "s5", "٣s",
    ])
    func refusesTheRest(text: String) {
        #expect(DurationText(text) == nil)
    }

    @Test(arguments: ["10s", "90m", "1500ms", "2d", "0"])
    func writesWhatItReads(text: String) throws {
        #expect(try #require(DurationText(text)).description == text)
    }
}
