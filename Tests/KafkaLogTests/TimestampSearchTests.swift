import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct TimestampSearchTests {
    private func makeLog(_ path: String) throws -> PartitionLog {
        let log = try loadLog(
            path, settings: LogSettings(segmentBytes: 300, indexIntervalBytes: 0))
        try log.append(
            try TestBatch(["a", "b", "c"], timestamps: [10, 30, 20], compression: .none),
            leaderEpoch: 1)
        try log.append(
            try TestBatch(
                ["d", "e", "f"], timestamps: [5, 6, 40],
                compression: try #require(Compression("gzip"))), leaderEpoch: 2)
        try log.append(try TestBatch(["g"], timestamps: [40]), leaderEpoch: 2)
        try log.append(try TestBatch(["h", "i"], timestamps: [35, 50]), leaderEpoch: 2)
        return log
    }

    @Test func theFirstLateEnoughRecord() throws {
        let scratch = try TemporaryDirectory()
        let search = try makeLog(scratch.path + "/t-0").timestampSearch()
        let expected: [(Int64, Int64?)] = [
            (0, 0), (10, 0), (11, 1), (30, 1), (31, 5), (40, 5), (41, 8), (50, 8), (51, nil),
        ]
        for (timestamp, offset) in expected {
            #expect(try search.first(atOrAfter: timestamp)?.offset == offset, "\(timestamp)")
        }
        #expect(
            try search.first(atOrAfter: 11)
                == TimestampSearch.Found(offset: 1, timestamp: 30, leaderEpoch: 1))
        #expect(try search.first(atOrAfter: 31, upTo: 5) == nil)
    }

    @Test func theLatestRecord() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch.path + "/t-0")
        #expect(try log.timestampSearch().maxTimestamp()?.offset == 8)
        try log.append(try TestBatch(["j"], timestamps: [50]))
        #expect(try log.timestampSearch().maxTimestamp()?.offset == 8)
        #expect(try loadLog(scratch.path + "/x-0").timestampSearch().maxTimestamp() == nil)
    }

    @Test func recordsBelowTheStartDoNotCount() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch.path + "/t-0")
        try log.advanceLogStart(to: 2)
        #expect(try log.timestampSearch().first(atOrAfter: 0)?.offset == 2)
        #expect(try log.timestampSearch().first(atOrAfter: 30)?.offset == 5)
    }

    @Test func theSameAfterARestart() throws {
        let scratch = try TemporaryDirectory()
        try makeLog(scratch.path + "/t-0").close()
        for wasClean in [true, false] {
            let search = try loadLog(scratch.path + "/t-0", wasClean: wasClean).timestampSearch()
            #expect(try search.first(atOrAfter: 31)?.offset == 5)
            #expect(try search.maxTimestamp()?.offset == 8)
        }
    }
}
