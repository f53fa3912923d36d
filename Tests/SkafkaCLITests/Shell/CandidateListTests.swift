import Testing

@testable import SkafkaCLI

@Suite struct CandidateListTests {
    @Test(
        arguments: [
            (24, 80, 15, 80), (24, 80, 79, 20), (24, 40, 13, 40), (3, 10, 249, 1), (0, 0, 0, 1),
        ] as [(Int32, Int32, Int32, Int32)])
    func `As many as fit on the screen`(
        rows: Int32, columns: Int32, longest: Int32, expected: Int32
    ) {
        #expect(
            CandidateList.capacity(rows: rows, columns: columns, longest: longest) == expected)
    }
}
