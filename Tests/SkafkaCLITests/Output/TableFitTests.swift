import Testing

@testable import SkafkaCLI

@Suite struct TableFitTests {
    private var table: Table {
        var table = Table([.init("GROUP"), .init("LAG", .right), .init("CONSUMER")])
        table.add(["billing-of-all-orders", "1000000000", "consumer-1-0123456789"])
        table.add(["b", "1", "c"])
        return table
    }

    @Test(arguments: [(200, 56), (40, 40), (30, 30)])
    func theWidestTextsGiveWay(width: Int, widest: Int) throws {
        let text = try Captured.text { table.appendHuman(to: $0, width: width) }
        let lines = text.split(separator: "\n")
        #expect(lines.map(\.count).max() == widest)
        #expect(lines[1].contains("1000000000"))
        #expect(text.contains("…") == (widest < 56))
    }

    @Test func aTerminalThatIsTooNarrowStillShowsAll() throws {
        let text = try Captured.text { table.appendHuman(to: $0, width: 5) }
        #expect(
            text.contains("1000000000") && text.contains("billing…") && text.contains("consume…"))
    }

    @Test func namesCannotEndARowOrSteerTheTerminal() throws {
        var table = Table([.init("GROUP"), .init("X")])
        table.add(["a\tb\nc\u{1B}[2Jé\\", "x"])
        #expect(
            try Captured.text { table.appendPlain(to: $0) } == "a\\tb\\nc\\x1b[2Jé\\\tx\n")
    }
}
