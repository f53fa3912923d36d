import Testing

@testable import SkafkaCLI

@Suite struct ISODurationTests {
    @Test(arguments: [
        ("PT0S", 0), ("PT90M", 5_400_000), ("P1D", 86_400_000), ("P1DT2H3M4.5S", 93_784_500),
        ("pt1h", 3_600_000), ("P2W", 1_209_600_000), ("PT-1H30M", -1_800_000), ("PT+1S", 1000),
    ])
    func readsWhatJavaReads(text: String, milliseconds: Int64) {
        #expect(ISODuration.milliseconds(of: text) == milliseconds)
    }

    @Test(arguments: [
        "", "P", "PT", "1D", "P1", "P1H", "PT1D", "P1DT", "PT1M1H", "P1.5D", "PT1X",
        "PT99999999999999999999S",
        "PT1H1H",
    ])
    func refusesTheRest(text: String) {
        #expect(ISODuration.milliseconds(of: text) == nil)
    }
}
