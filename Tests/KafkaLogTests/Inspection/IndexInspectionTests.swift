import KafkaRecords
import Testing

@testable import KafkaLog

@Suite struct IndexInspectionTests {
    private func bytes(_ entries: [some IndexEntry]) -> [UInt8] {
        entries.flatMap { entry in
            var bytes = [UInt8](repeating: 0, count: type(of: entry).byteCount)
            bytes.withUnsafeMutableBytes { entry.encode(into: $0) }
            return bytes
        }
    }

    private func inspect(
        _ bytes: [UInt8], _ kind: IndexInspection.Kind, log: TestLog? = nil, limit: Int = .max
    ) throws -> Collector {
        let disk = BytesDisk(files: ["i": bytes, TestLog.path: log?.bytes ?? []])
        var index = try IndexInspection(
            path: "i", kind: kind, baseOffset: TestLog.baseOffset, on: disk)
        var collector = Collector()
        collector.limit = limit
        try index.run(&collector, verifyingWith: log == nil ? nil : TestLog.path, on: disk)
        return collector
    }

    /// An entry for every batch but the first.
    private func entries(
        of log: TestLog
    ) throws -> (offsets: [OffsetIndexEntry], times: [TimeIndexEntry]) {
        let batches = try log.inspect().found.batches.dropFirst()
        return (
            batches.map {
                OffsetIndexEntry(
                    relativeOffset: Int32($0.lastOffset - TestLog.baseOffset),
                    position: Int32($0.position))
            },
            batches.map {
                TimeIndexEntry(
                    timestamp: $0.maxTimestamp,
                    relativeOffset: Int32($0.lastOffset - TestLog.baseOffset))
            }
        )
    }

    @Test func `Indexes that fit their log give their entries and no findings`() throws {
        let log = try TestLog(batchCount: 5)
        let (offsets, times) = try entries(of: log)
        let offsetsFound = try inspect(bytes(offsets), .offset, log: log)
        #expect(offsetsFound.findings == [])
        #expect(offsetsFound.offsetEntries.map(\.offset) == [102, 105, 109, 114])
        #expect(offsetsFound.offsetEntries.map { Int($0.position) } == Array(log.positions[1...]))
        let timesFound = try inspect(bytes(times), .time, log: log)
        #expect(timesFound.findings == [])
        #expect(timesFound.timeEntries.map(\.timestamp) == [1010, 2020, 3030, 4040])
    }

    @Test func `Zeros behind the last entry are preallocated room`() throws {
        let log = try TestLog(batchCount: 5)
        let (offsets, times) = try entries(of: log)
        for zeros in [1, 2, 100_000] {
            let offsetsFound = try inspect(
                bytes(offsets) + [UInt8](repeating: 0, count: 8 * zeros), .offset, log: log)
            #expect(offsetsFound.kinds == [.zeroTail] && offsetsFound.offsetEntries.count == 4)
            #expect(offsetsFound.findings[0].position == 32)
            let timesFound = try inspect(
                bytes(times) + [UInt8](repeating: 0, count: 12 * zeros), .time, log: log)
            #expect(timesFound.kinds == [.zeroTail] && timesFound.timeEntries.count == 4)
        }
        let empty = try inspect([UInt8](repeating: 0, count: 4096), .offset, log: log)
        #expect(empty.kinds == [.zeroTail] && empty.offsetEntries == [])
        #expect(try inspect([], .time, log: log).findings == [])
    }

    @Test func `Half an entry at the end is damage`() throws {
        let log = try TestLog(batchCount: 5)
        let found = try inspect(bytes(try entries(of: log).offsets) + [1, 1, 1], .offset)
        #expect(found.kinds == [.partialEntry] && found.worst == .corruption)
        #expect(found.findings[0].position == 32 && found.offsetEntries.count == 4)
    }

    @Test func `Order is checked without the log, the rest with it`() throws {
        let log = try TestLog(batchCount: 5)
        var (offsets, times) = try entries(of: log)
        offsets[2].position += 17
        times[2].timestamp += 1
        #expect(try inspect(bytes(offsets), .offset).findings == [])
        #expect(try inspect(bytes(times), .time).findings == [])
        let offsetsFound = try inspect(bytes(offsets), .offset, log: log)
        #expect(offsetsFound.kinds == [.entryPosition])
        #expect(offsetsFound.findings[0].position == 16)
        #expect(try inspect(bytes(times), .time, log: log).kinds == [.entryTimestamp])
        offsets[2].relativeOffset = 0
        times[2].timestamp = 1
        #expect(try inspect(bytes(offsets), .offset).kinds == [.entryOrder])
        #expect(try inspect(bytes(times), .time).kinds == [.entryOrder])
    }

    @Test func `A log that cannot be read through leaves entries unverified`() throws {
        var log = try TestLog(batchCount: 5)
        let (offsets, times) = try entries(of: log)
        log.patch(batch: 2, at: 8, Int32(-1), fixesCrc: false)
        #expect(try inspect(bytes(offsets), .offset, log: log).kinds == [.notVerified])
        #expect(try inspect(bytes(times), .time, log: log).kinds == [.notVerified])
    }

    @Test func `Very many wrong entries are not all compared`() throws {
        let log = try TestLog(batchCount: 5)
        let wrong = (1...3000).map {
            OffsetIndexEntry(relativeOffset: Int32($0), position: Int32(100_000 + $0))
        }
        let found = try inspect(bytes(wrong), .offset, log: log)
        #expect(found.offsetEntries.count == 3000)
        #expect(found.findings.count == 1001 && found.kinds.last == .notVerified)
    }

    @Test func `A visitor that has enough ends the reading`() throws {
        let log = try TestLog(batchCount: 5)
        let found = try inspect(bytes(try entries(of: log).offsets), .offset, limit: 2)
        #expect(found.offsetEntries.count == 2)
    }
}
