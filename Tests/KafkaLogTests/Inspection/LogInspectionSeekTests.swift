import KafkaRecords
import Testing

@testable import KafkaLog

@Suite struct LogInspectionSeekTests {
    private static let indexPath = "topic-0/00000000000000000100.index"

    /// An entry for every second batch.
    private func index(of log: TestLog) throws -> [OffsetIndexEntry] {
        try log.inspect().found.batches.enumerated().filter { $0.offset % 2 == 1 }.map {
            OffsetIndexEntry(
                relativeOffset: Int32($0.element.lastOffset - TestLog.baseOffset),
                position: Int32($0.element.position))
        }
    }

    private func read(
        _ log: TestLog, _ entries: [OffsetIndexEntry]?, from: Int64, to: Int64 = .max
    ) throws -> Collector {
        var files = [TestLog.path: log.bytes]
        if let entries {
            var bytes = [UInt8](repeating: 0, count: entries.count * OffsetIndexEntry.byteCount)
            bytes.withUnsafeMutableBytes { room in
                for (number, entry) in entries.enumerated() {
                    entry.encode(
                        into: UnsafeMutableRawBufferPointer(
                            rebasing: room[(number * OffsetIndexEntry.byteCount)...]))
                }
            }
            files[LogInspectionSeekTests.indexPath] = bytes
        }
        var options = LogInspection.Options(baseOffset: TestLog.baseOffset)
        options.fromOffset = from
        options.toOffset = to
        let disk = BytesDisk(files: files)
        var inspection = try LogInspection(path: TestLog.path, options: options, on: disk)
        try inspection.seek(withIndex: LogInspectionSeekTests.indexPath, on: disk)
        var collector = Collector()
        try inspection.run(&collector)
        return collector
    }

    @Test func `Every range is the same with an index and without`() throws {
        let log = try TestLog(batchCount: 8)
        let entries = try index(of: log)
        for from in TestLog.baseOffset - 1...log.nextOffset {
            let found = try read(log, entries, from: from, to: from + 4)
            #expect(try found.records == read(log, nil, from: from, to: from + 4).records)
            let wanted = (from...from + 4).clamped(to: TestLog.baseOffset...log.nextOffset - 1)
            #expect(from == log.nextOffset || found.records.map(\.offset) == Array(wanted))
            #expect(found.findings == [])
        }
    }

    @Test func `What lies before the entry is not read`() throws {
        var log = try TestLog(batchCount: 8)
        let entries = try index(of: log)
        log.bytes[8] = 0xFF
        let found = try read(log, entries, from: 120)
        #expect(found.records.map(\.offset) == Array(120..<log.nextOffset) && found.findings == [])
        #expect(try read(log, nil, from: 120).kinds == [.badLength])
    }

    @Test(arguments: [-1, 1, 17, 1 << 20])
    func `An index that points elsewhere is not followed`(shift: Int) throws {
        let log = try TestLog(batchCount: 8)
        var entries = try index(of: log)
        for index in entries.indices { entries[index].position += Int32(shift) }
        let found = try read(log, entries, from: 120)
        #expect(found.records.map(\.offset) == Array(120..<log.nextOffset) && found.findings == [])
    }

    @Test func `An entry that leads too far is not followed`() throws {
        let log = try TestLog(batchCount: 8)
        var entries = try index(of: log)
        entries[1].position = entries[3].position
        let found = try read(log, entries, from: 110)
        #expect(found.records.map(\.offset) == Array(110..<log.nextOffset) && found.findings == [])
    }
}
