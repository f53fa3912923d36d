import KafkaRecords
import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct TailSearchTests {
    /// Plays a log with records at some of its offsets.
    ///
    /// - Returns: where the last records begin, and how often reading had to begin anew.
    private func search(
        _ log: Range<Int64>, _ records: [Int64], last count: Int64, batch: Int64 = 7
    ) -> (found: Int64, jumps: Int) {
        var search = TailSearch(log, count: count)
        var jumps = 0
        var position: Int64?
        while search.found == nil, jumps < 100 {
            if position != search.position { jumps += 1 }
            let next = min(log.upperBound, search.position + batch)
            for offset in records where offset >= search.position && offset < next {
                if case .stop = search.see(offset) { break }
            }
            search.reach(next)
            position = next
        }
        return (search.found ?? -1, jumps)
    }

    @Test func `A log without gaps is read once`() {
        let log: Range<Int64> = 100..<100_100
        for count: Int64 in [1, 10, 700, 99_999] {
            let result = search(log, Array(log), last: count)
            #expect(result.found == log.upperBound - count)
            #expect(result.jumps == 1)
        }
    }

    @Test func `What needs no look is not looked at`() {
        for (count, found): (Int64, Int64) in [(0, 90), (80, 10), (1000, 10), (.max, 10)] {
            #expect(TailSearch(10..<90, count: count).found == found)
        }
        #expect(TailSearch(10..<10, count: 5).found == 10)
    }

    @Test func `A gap of a million offsets takes a few steps`() {
        let records: [Int64] = Array(0..<50) + [1_000_000]
        let result = search(0..<1_000_001, records, last: 10, batch: 100_000)
        #expect(result.found == 41)
        #expect(result.jumps < 10)
    }

    @Test func `Any log gives its last records`() throws {
        try Seeds.run(500) { _, generator in
            let start = Int64.random(in: 0..<50, using: &generator)
            let log = start..<start + Int64.random(in: 0..<6000, using: &generator)
            let density = Int.random(in: 1...100, using: &generator)
            let records = log.filter { _ in Int.random(in: 1...100, using: &generator) <= density }
            let count = Int64.random(in: 1...40, using: &generator)
            let found = search(
                log, records, last: count, batch: Int64.random(in: 1...900, using: &generator)
            ).found
            #expect(records.filter { $0 >= found }.count == min(Int(count), records.count))
        }
    }
}
