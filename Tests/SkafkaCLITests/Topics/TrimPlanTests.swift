import Testing

@testable import SkafkaCLI

@Suite struct TrimPlanTests {
    private func newStart(_ text: String, found: Int64? = nil) -> Int64? {
        OffsetPoint(text).map { TrimPlan.newStart($0, start: 10, end: 50, found: found) }
    }

    @Test(arguments: [
        ("beginning", 10), ("end", 50), ("30", 30), ("5", 10), ("70", 70), ("-100", 10),
    ])
    func aPartitionBeginsWhereItIsAskedTo(text: String, expected: Int64) {
        #expect(newStart(text) == expected)
    }

    @Test func byTimeTheFirstRecordThatIsLateEnoughStays() {
        #expect(newStart("@1000", found: 20) == 20)
        #expect(newStart("@1000", found: nil) == 50)
    }

    @Test func theLastRecordsStay() {
        #expect(newStart("-15", found: 20) == 20)
    }
}
