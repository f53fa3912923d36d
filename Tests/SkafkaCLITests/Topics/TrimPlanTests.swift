import Testing

@testable import SkafkaCLI

@Suite struct TrimPlanTests {
    private func newStart(_ text: String, late: Int64? = nil) -> Int64? {
        OffsetPoint(text).map { TrimPlan.newStart($0, start: 10, end: 50, late: late) }
    }

    @Test(arguments: [
        ("beginning", 10), ("end", 50), ("30", 30), ("5", 10), ("70", 70), ("-15", 35),
        ("-100", 10),
    ])
    func aPartitionBeginsWhereItIsAskedTo(text: String, expected: Int64) {
        #expect(newStart(text) == expected)
    }

    @Test func byTimeTheFirstRecordThatIsLateEnoughStays() {
        #expect(newStart("@1000", late: 20) == 20)
        #expect(newStart("@1000", late: nil) == 50)
    }
}
