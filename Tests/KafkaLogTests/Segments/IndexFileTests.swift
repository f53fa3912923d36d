import TestSupport
import Testing

@testable import KafkaLog

@Suite struct IndexFileTests {
    private func makeIndex(_ path: String, entries: Int) throws -> IndexFile<OffsetIndexEntry> {
        var index = try IndexFile<OffsetIndexEntry>.create(
            disk: PosixDisk(), path: path, maxBytes: 8195)
        for number in 1...entries {
            try index.append(
                OffsetIndexEntry(relativeOffset: Int32(number * 10), position: Int32(number * 100)),
                maxBytes: 8195)
        }
        return index
    }

    @Test func isPreallocatedAndTrimmed() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/x.index"
        var index = try makeIndex(path, entries: 2)
        #expect(try Fixtures.bytes(path).count == 8192)
        try index.trim()
        #expect(
            try Fixtures.bytes(path) == [0, 0, 0, 10, 0, 0, 0, 100, 0, 0, 0, 20, 0, 0, 0, 200])
        index.close()
        try index.append(OffsetIndexEntry(relativeOffset: 30, position: 300), maxBytes: 8195)
        #expect(try Fixtures.bytes(path).count == 8192)
        let reader = try index.reader()
        #expect(try reader.entry(at: 2) == OffsetIndexEntry(relativeOffset: 30, position: 300))
    }

    @Test func timeEntriesAreTwelveBytes() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/x.timeindex"
        var index = try IndexFile<TimeIndexEntry>.create(
            disk: PosixDisk(), path: path, maxBytes: 100)
        try index.append(TimeIndexEntry(timestamp: 258, relativeOffset: 5), maxBytes: 100)
        #expect(try Fixtures.bytes(path).count == 96)
        try index.trim()
        #expect(try Fixtures.bytes(path) == [0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 5])
    }

    /// Every place of indexes from one entry to more than a block.
    @Test(arguments: [1, 2, 127, 128, 129, 1000])
    func looksUpEveryEntry(count: Int) throws {
        let scratch = try TemporaryDirectory()
        var index = try makeIndex(scratch.path + "/x.index", entries: count)
        let reader = try index.reader()
        for target in 0...(count * 10 + 15) {
            let found = try reader.last { Int($0.relativeOffset) <= target }
            let expected = min(target / 10, count)
            #expect((found?.slot ?? -1) == expected - 1)
            #expect((found?.entry.relativeOffset ?? 0) == Int32(expected * 10))
        }
    }

    @Test func aCutIndexIsAnErrorAndNoCrash() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/x.index"
        var index = try makeIndex(path, entries: 10)
        try index.opened().truncate(to: 20)
        let reader = try index.reader()
        #expect(throws: LogError.self) { try reader.last { _ in true } }
    }

    @Test func transactionIndexIsSearchedByRanges() throws {
        let scratch = try TemporaryDirectory()
        var index = TransactionIndex(
            disk: PosixDisk(), path: scratch.path + "/x.txnindex", count: 0)
        #expect(try index.search(from: 0, upTo: 100).found.isEmpty)
        let entries = (0..<500).map { number in
            let offset = Int64(number) * 10
            return TransactionIndexEntry(
                producerID: 1, firstOffset: offset, lastOffset: offset + 5,
                lastStableOffset: offset + 6)
        }
        try index.append(Array(entries[..<1]))
        try index.append(Array(entries[1...]))
        let some = try index.search(from: 2_005, upTo: 2_021)
        #expect(some.found == Array(entries[200...202]))
        #expect(some.isComplete)
        let last = try index.search(from: 4_986, upTo: 6_000)
        #expect(last.found == Array(entries[499...]))
        #expect(!last.isComplete)
        try index.truncate(to: 499)
        #expect(try index.search(from: 4_986, upTo: 6_000).found.isEmpty)
        #expect(
            try TransactionIndex.entries(index.path, disk: PosixDisk()) == Array(entries[..<499]))
    }
}
