import Testing

@testable import SkafkaCLI

/// Samples and keys that go in, and the tables that come out.
@Suite struct TopStateTests {
    @Test func ratesComeFromWhatGrew() {
        let old = Samples.at(seconds: 0, topics: ["a": [100, 50], "b": [10]])
        let new = Samples.at(seconds: 2, topics: ["a": [300, 50], "b": [5], "c": [7]])
        let rates = ClusterRates(from: old, to: new)
        #expect(rates.topics["a"]?.recordsPerSecond == 100)
        // Sizes are ten times the offsets in these samples.
        #expect(rates.topics["a"]?.bytesPerSecond == 1000)
        // Made again, and new: nothing is known of them.
        #expect(rates.topics["b"]?.recordsPerSecond == nil)
        #expect(rates.topics["c"] == nil)
        #expect(rates.total.recordsPerSecond == 100)
        #expect(rates.brokers[0]?.recordsPerSecond == 100)
    }

    @Test func lagsHaveATrend() {
        var old = Samples.at(seconds: 0, topics: [:])
        var new = Samples.at(seconds: 2, topics: [:])
        old.groups = [.init(name: "g", lag: 10), .init(name: "h", lag: nil)]
        new.groups = [
            .init(name: "g", lag: 30), .init(name: "h", lag: 5), .init(name: "i", lag: 1),
        ]
        #expect(ClusterRates(from: old, to: new).lags == ["g": 10])
    }

    @Test func topicsAreSortedByRate() {
        let state = Samples.state()
        #expect(state.table.rows.map(\.name) == ["busy", "calm", "idle", "new"])
    }

    @Test func sortKeysMoveAndReverse() {
        var state = Samples.state()
        // From the rate one to the left: partitions, the most first.
        #expect(state.handle(.left) == .stay)
        #expect(state.orders[.topics] == .init(key: "partitions", isDescending: true))
        _ = state.handle(.left)
        #expect(state.table.rows.map(\.name) == ["busy", "calm", "idle", "new"])
        _ = state.handle(.character("r"))
        #expect(state.table.rows.map(\.name) == ["new", "idle", "calm", "busy"])
        // Round to the last column, which is no curve.
        _ = state.handle(.left)
        #expect(state.orders[.topics]?.key == "offline")
    }

    @Test func whatIsNotKnownStandsLastInBothDirections() {
        var state = Samples.state()
        _ = state.handle(.character("r"))
        #expect(state.table.rows.map(\.name) == ["idle", "calm", "busy", "new"])
    }

    @Test func filterTakesKeysUntilEnter() {
        var state = Samples.state()
        for key: TopKey in [.character("/"), .character("B"), .character("q"), .backspace] {
            #expect(state.handle(key) == .stay)
        }
        #expect(state.isEditing)
        #expect(state.filter == "B")
        #expect(state.table.rows.map(\.name) == ["busy"])
        _ = state.handle(.enter)
        #expect(!state.isEditing)
        _ = state.handle(.escape)
        #expect(state.table.rows.count == 4)
        #expect(state.handle(.character("q")) == .quit)
    }

    @Test func viewsAndPause() {
        var state = Samples.state()
        _ = state.handle(.tab)
        #expect(state.view == .groups)
        _ = state.handle(.character("b"))
        #expect(state.view == .brokers)
        #expect(state.table.rows.map(\.name) == ["0"])
        _ = state.handle(.character("p"))
        #expect(state.isPaused)
        _ = state.handle(.character(" "))
        #expect(!state.isPaused)
    }

    @Test func scrollingStaysInTheTable() {
        var state = Samples.state()
        state.fit(rows: 3)
        _ = state.handle(.pageDown)
        #expect(state.scroll == 1)
        _ = state.handle(.end)
        #expect(state.scroll == 1)
        // There is more room, and then less to show.
        state.fit(rows: 4)
        #expect(state.scroll == 0)
        state.fit(rows: 2)
        _ = state.handle(.end)
        #expect(state.scroll == 2)
        state.take(Samples.at(seconds: 2, topics: ["idle": [5]]))
        state.fit(rows: 2)
        #expect(state.scroll == 0)
        _ = state.handle(.up)
        _ = state.handle(.up)
        #expect(state.scroll == 0)
    }

    @Test func historyIsBoundedAndForgetsWhatIsGone() {
        var history = TopHistory()
        var last = Samples.at(seconds: 0, topics: ["a": [0], "b": [0]])
        for second in 1...(TopHistory.lengthMax + 10) {
            let topics = second < 5 ? ["a": [Int64(second)], "b": [0]] : ["a": [Int64(second)]]
            let next = Samples.at(seconds: second, topics: topics)
            history.add(next, ClusterRates(from: last, to: next))
            last = next
        }
        #expect(history.topics["a"]?.count == TopHistory.lengthMax)
        #expect(history.topics["b"] == nil)
        #expect(history.total.count == TopHistory.lengthMax)
    }

    @Test func keysAreRead() {
        #expect(TopKey.decode("q".utf8) == [.character("q")])
        #expect(
            TopKey.decode("\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[4~".utf8) == [.up, .down, .pageUp, .end])
        #expect(TopKey.decode("\u{1B}".utf8) == [.escape])
        #expect(TopKey.decode("\u{1B}q".utf8) == [.escape, .character("q")])
        #expect(
            TopKey.decode("a\u{1B}[1;5Cé\r\t\u{7F}".utf8) == [
                .character("a"), .right, .character("é"), .enter, .tab, .backspace,
            ])
        // What is cut off, unknown or no text is no key.
        #expect(TopKey.decode([0x1B, 0x5B, 0x31]) == [])
        #expect(TopKey.decode([0xFF, 0x00, 0xC3]) == [])
        for seed in 0..<200 {
            var numbers = SeededNumbers(seed: UInt64(seed))
            let bytes = (0..<20).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            #expect(TopKey.decode(bytes).count <= bytes.count)
        }
    }
}

/// Samples that tests make up.
enum Samples {
    static func at(seconds: Int, topics: [String: [Int64]]) -> ClusterSample {
        var sample = ClusterSample(atNs: UInt64(seconds) * 1_000_000_000)
        sample.brokers = [.init(id: 0, address: "host:9092", isController: true)]
        sample.topics = topics.sorted { $0.key < $1.key }.map { name, ends in
            ClusterSample.Topic(
                name: name,
                partitions: ends.enumerated().map { number, end in
                    .init(number: Int32(number), leader: 0, endOffset: end, sizeBytes: end * 10)
                })
        }
        return sample
    }

    static func state() -> TopState {
        var state = TopState()
        state.take(at(seconds: 0, topics: ["busy": [0, 0], "calm": [0, 0], "idle": [5]]))
        state.take(
            at(
                seconds: 1,
                topics: ["busy": [900, 100], "calm": [10, 0], "idle": [5], "new": [1]]))
        return state
    }
}
