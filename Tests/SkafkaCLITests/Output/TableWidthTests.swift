import Testing

@testable import SkafkaCLI

@Suite struct TableWidthTests {
    private func table() -> Table {
        var table = Table([.init("NAME"), .init("N", .right), .init("WHERE")])
        table.add(["a-rather-long-name-of-a-topic", "1234567890", "short"])
        table.add(["b", "", "a place that is far away from here"])
        return table
    }

    private func lines(width: Int?) throws -> [String] {
        try Captured.text { table().appendHuman(to: $0, width: width) }
            .split(separator: "\n").map(String.init)
    }

    @Test func whereNothingBoundsItAllIsWhole() throws {
        let lines = try lines(width: nil)
        #expect(lines[0].hasPrefix("NAME"))
        #expect(lines[1].contains("a-rather-long-name-of-a-topic  1234567890  short"))
        #expect(lines == (try self.lines(width: 200)))
    }

    @Test func theWidestTextsGiveWay() throws {
        let lines = try lines(width: 50)
        #expect(lines.allSatisfy { $0.count <= 50 })
        #expect(lines[1] == "a-rather-long-nam…  1234567890  short")
        #expect(lines[2] == "b                            -  a place that is f…")
    }

    @Test func numbersAndTitlesStayWhole() throws {
        let lines = try lines(width: 5)
        #expect(lines[1] == "a-rathe…  1234567890  short")
        #expect(lines[0].contains("WHERE"))
    }
}
