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

    @Test func transactionIndexIsCutByLastOffset() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/x.txnindex"
        var index = IndexFile<TransactionIndexEntry>(
            disk: PosixDisk(), path: path, count: 0, last: nil)
        for offset in [Int64(10), 20, 30] {
            try index.append(
                TransactionIndexEntry(
                    producerID: 1, firstOffset: offset - 5, lastOffset: offset,
                    lastStableOffset: offset),
                maxBytes: 0)
        }
        try TransactionIndex.truncate(path, to: 21, disk: PosixDisk())
        #expect(try Fixtures.bytes(path).count == 68)
        try TransactionIndex.truncate(path, to: 20, disk: PosixDisk())
        #expect(try Fixtures.bytes(path).count == 34)
        try TransactionIndex.truncate(scratch.path + "/none", to: 0, disk: PosixDisk())
    }
}
