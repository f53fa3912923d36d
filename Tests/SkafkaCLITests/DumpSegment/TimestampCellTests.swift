import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct TimestampCellTests {
    @Test func `Cells are the text that the slower form gives`() throws {
        let scratch = try TemporaryDirectory()
        let file = try DumpedFile(scratch.path + "/cells")
        let output = OutputBuffer(descriptor: file.descriptor)
        var cell = TimestampCell()
        var expected = ""
        var random = SeededGenerator(seed: 1)
        let edges: [Int64] = [
            -1, 0, 999, 86_399_999, 86_400_000, 951_782_400_000, 253_402_300_799_999,
            253_402_300_800_000, -1000, .max, .min,
        ]
        let times =
            edges + (0..<500).map { _ in .random(in: 0...4_000_000_000_000, using: &random) }
        for ms in times {
            let text = CivilTime.rfc3339(ms)
            #expect(cell.append(ms, to: output) == text.utf8.count)
            output.append(UInt8(ascii: "\n"))
            expected += text + "\n"
        }
        try output.flush()
        #expect(try Fixtures.text(scratch.path + "/cells") == expected)
    }
}
