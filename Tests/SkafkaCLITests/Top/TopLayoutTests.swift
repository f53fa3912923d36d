import Testing

@testable import SkafkaCLI

@Suite struct TopLayoutTests {
    private func lines(_ state: TopState, columns: Int, rows: Int) -> [TopLine] {
        TopLayout(
            size: .init(columns: columns, rows: rows), glyphs: .unicode,
            interval: DurationText(milliseconds: 2000)
        ).lines(state)
    }

    @Test func everythingHasItsPlace() {
        let lines = lines(Samples.state(), columns: 100, rows: 12).map(\.text)
        #expect(lines.count == 12)
        #expect(lines[0].hasPrefix("skafka top  1 broker  4 topics  6 partitions"))
        #expect(lines[1].contains("every 2s  in 1.01k records/s"))
        #expect(lines[2].hasPrefix("[topics]  groups   brokers "))
        #expect(lines[3].contains("RECORDS/Sv"))
        #expect(lines[4].hasPrefix("busy"))
        #expect(lines[4].contains("1k"))
        #expect(lines[11].hasPrefix("q quit"))
    }

    @Test func noSizeIsTooSmall() {
        var state = Samples.state()
        state.take(Samples.at(seconds: 9, topics: [String(repeating: "long", count: 60): [5, 5]]))
        for columns in [1, 5, 10, 20, 40, 80, 300] {
            for rows in [1, 2, 5, 6, 24] {
                let lines = lines(state, columns: columns, rows: rows)
                #expect(lines.count == rows)
                #expect(lines.allSatisfy { $0.text.count <= columns })
            }
        }
    }

    @Test func aNarrowTerminalKeepsTheRates() {
        let titles = lines(Samples.state(), columns: 40, rows: 10)[3].text
        #expect(titles.contains("TOPIC"))
        #expect(titles.contains("RECORDS/S"))
        #expect(!titles.contains("OFFLINE"))
    }

    @Test func whatIsWrongStandsOut() {
        var state = TopState()
        var sample = Samples.at(seconds: 0, topics: ["a": [1], "b": [1]])
        sample.topics[1].partitions[0].leader = nil
        sample.topics[1].partitions[0].replicaCount = 2
        state.take(sample)
        let lines = lines(state, columns: 100, rows: 10)
        #expect(lines[0].emphasis == .alarm)
        #expect(lines[0].text.contains("1 under-replicated  1 offline"))
        #expect(lines.filter { $0.emphasis == .alarm }.count == 2)
        state.problem = "no answer"
        #expect(
            self.lines(state, columns: 100, rows: 10)[1]
                == TopLine(text: "no answer", emphasis: .alarm))
    }

    @Test func namesDoNotMoveTheCursor() {
        var state = TopState(view: .groups)
        var sample = Samples.at(seconds: 0, topics: [:])
        sample.groups = [.init(name: "g\u{1B}[2J\n", state: "Stable", memberCount: 1, lag: 5)]
        state.take(sample)
        let text = lines(state, columns: 80, rows: 10).map(\.text).joined()
        #expect(text.contains("g?[2J?"))
        #expect(!text.unicodeScalars.contains("\u{1B}"))
    }
}
