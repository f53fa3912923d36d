import KafkaBase
import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import KafkaLog

@Suite("Reading from a partition's log")
struct PartitionLogReadTests {
    /// Segments of some batches each, of one record each.
    private func makeLog(
        _ scratch: borrowing TemporaryDirectory, count: Int, perSegment: Int = 10
    ) throws -> PartitionLog {
        let size = try TestBatch(["0000"]).buffer.readableBytes
        let log = try loadLog(
            scratch.path + "/t-0",
            settings: LogSettings(segmentBytes: size * perSegment, indexIntervalBytes: size * 2))
        for number in 0..<count {
            let text = String(number)
            try log.append(String(repeating: "0", count: 4 - text.utf8.count) + text)
        }
        return log
    }

    private var batchBytes: Int { get throws { try TestBatch(["0000"]).buffer.readableBytes } }

    @Test func wholeBatchesWithinTheLimit() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch, count: 25)
        let size = try batchBytes
        for from in Int64(0)..<25 {
            for batches in 1...12 {
                let inSegment = Int(10 - from % 10)
                let left = min(inSegment, Int(25 - from))
                let read = try log.read(
                    from: from, maxBytes: size * batches + size / 2, upTo: .max,
                    atLeastOneBatch: false)
                #expect(read.sizeBytes == size * min(batches, left), "\(from) \(batches)")
                #expect(read.segmentBaseOffset == from / 10 * 10)
            }
        }
    }

    @Test func theFirstBatchIsWholeOrLeftOut() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch, count: 3)
        let size = try batchBytes
        let none = try log.read(from: 1, maxBytes: size - 1, upTo: .max, atLeastOneBatch: false)
        #expect(none.slice == nil)
        let one = try log.read(from: 1, maxBytes: 0, upTo: .max, atLeastOneBatch: true)
        #expect(one.sizeBytes == size)
        #expect(try decode(one.bytes()).records.map(\.offset) == [1])
    }

    @Test func endsBelowTheOffsetGiven() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch, count: 25)
        for end in Int64(0)...25 {
            var offsets: [Int64] = []
            var from: Int64 = 0
            while true {
                let read = try log.read(
                    from: from, maxBytes: 1 << 20, upTo: end, atLeastOneBatch: true)
                guard read.slice != nil else { break }
                let (records, next) = try decode(read.bytes())
                offsets += records.map(\.offset)
                from = next
            }
            #expect(offsets == Array(0..<end))
        }
    }

    @Test func aBatchAcrossTheEndIsLeftOut() throws {
        let scratch = try TemporaryDirectory()
        let log = try loadLog(scratch.path + "/t-0")
        try log.append(try TestBatch(["a"]), try TestBatch(["b", "c", "d"]))
        let read = try log.read(from: 0, maxBytes: 1000, upTo: 3, atLeastOneBatch: true)
        #expect(try decode(read.bytes()).records.map(\.offset) == [0])
        let inside = try log.read(from: 2, maxBytes: 1000, upTo: 4, atLeastOneBatch: true)
        #expect(try decode(inside.bytes()).records.map(\.offset) == [1, 2, 3])
    }

    @Test func offsetsOutOfRange() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch, count: 5)
        try log.advanceLogStart(to: 2)
        for offset in [Int64(-1), 1, 6] {
            #expect(throws: LogError.offsetOutOfRange(requested: offset, start: 2, end: 5)) {
                try log.read(from: offset, maxBytes: 100, upTo: .max, atLeastOneBatch: true)
            }
        }
        let end = try log.read(from: 5, maxBytes: 100, upTo: .max, atLeastOneBatch: true)
        #expect(end.slice == nil)
        #expect(throws: LogError.self) { try log.advanceLogStart(to: 6) }
    }

    @Test func bytesAvailable() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch, count: 25)
        let size = try batchBytes
        for from in Int64(0)...25 {
            #expect(log.bytesAvailable(from: from) == Int(25 - from) * size)
            for end in from...25 {
                #expect(log.bytesAvailable(from: from, upTo: end) == Int(end - from) * size)
            }
        }
    }

    /// A consumer that reads on does not make the log look for its place.
    @Test func sequentialReadsDoNotScan() throws {
        let disk = SimulatedDisk(seed: 1)
        try disk.createDirectory("/t-0")
        let log = try loadLog(
            "/t-0", disk: disk, settings: LogSettings(indexIntervalBytes: 1 << 20))
        for _ in 0..<2000 { try log.append("value") }
        var offset: Int64 = 0
        var reads = 0
        let before = disk.readCount
        while offset < log.logEndOffset {
            let read = try log.read(
                from: offset, maxBytes: 800, upTo: .max, atLeastOneBatch: true)
            #expect(read.sizeBytes > 0)
            offset += Int64(read.sizeBytes / (log.sizeBytes / 2000))
            reads += 1
        }
        #expect(reads > 150)
        // One block of headers each to find the end of the range, none for its start.
        #expect(disk.readCount - before <= reads + 1)
    }

    @Test func waitingAtTheTailCostsNoRead() throws {
        let disk = SimulatedDisk(seed: 1)
        try disk.createDirectory("/t-0")
        let log = try loadLog("/t-0", disk: disk)
        try log.append("a")
        _ = try log.read(from: 0, maxBytes: 1000, upTo: .max, atLeastOneBatch: true)
        let before = disk.readCount
        for offset in Int64(1)..<100 {
            #expect(log.bytesAvailable(from: offset) == 0)
            try log.append("a")
            #expect(log.bytesAvailable(from: offset) > 0)
            let read = try log.read(
                from: offset, maxBytes: 1000, upTo: .max, atLeastOneBatch: true)
            #expect(read.sizeBytes > 0)
        }
        #expect(disk.readCount == before)
    }

    @Test func tailHintsSurviveARoll() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch, count: 10)
        _ = try log.read(from: 0, maxBytes: 1 << 20, upTo: .max, atLeastOneBatch: true)
        try log.append("next")
        #expect(log.segmentCount == 2)
        let read = try log.read(from: 10, maxBytes: 1 << 20, upTo: .max, atLeastOneBatch: true)
        #expect(try decode(read.bytes()).records.map(\.value) == ["next"])
    }

    @Test func sealedSegmentsAreClosedAgain() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch, count: 200, perSegment: 5)
        #expect(log.segmentCount == 40)
        try log.flush()
        for _ in 0..<2 { #expect(try log.records(maxBytes: 1).count == 200) }
        #expect(log.segments.filter(\.isLogOpen).count <= PartitionLog.maxOpenSegments + 1)
    }

    @Test func aDeletedLogCanBeReadToItsEnd() throws {
        let scratch = try TemporaryDirectory()
        let directory = try LogDirectory.open(path: scratch.path)
        let log = try directory.createLog(
            TopicPartition(topic: "t", partition: 0), topicID: .random())
        try log.append("still here")
        let read = try log.read(from: 0, maxBytes: 1000, upTo: .max, atLeastOneBatch: true)
        try directory.deleteLog(log)
        #expect(!Fixtures.isDirectory(scratch.path + "/t-0"))
        #expect(try decode(read.bytes()).records.map(\.value) == ["still here"])
    }

    @Test func anIndexThatLiesIsOvercome() throws {
        let scratch = try TemporaryDirectory()
        let log = try makeLog(scratch, count: 10)
        let index = try log.segments[0].offsetIndex.opened()
        for slot in 0..<log.segments[0].offsetIndex.count {
            try index.write([0, 0, 0, 3], at: slot * 8 + 4)
        }
        for record in try log.records() {
            log.hints.removeAll()
            let read = try log.read(
                from: record.offset, maxBytes: 1, upTo: .max, atLeastOneBatch: true)
            #expect(try decode(read.bytes()).records == [record])
        }
    }
}
