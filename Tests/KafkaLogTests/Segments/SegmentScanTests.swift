import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct SegmentScanTests {
    /// A log file of these batches, given rising offsets.
    private func makeFile(
        _ batches: [TestBatch], in scratch: borrowing TemporaryDirectory
    ) throws -> any DiskFile {
        let path = scratch.path + "/00000000000000000000.log"
        let file = try PosixDisk().open(path, .create)
        var position = 0
        var offset: Int64 = 0
        for batch in batches {
            var bytes = Array(batch.buffer.readableBytesView)
            bytes.withUnsafeMutableBytes {
                RecordBatchPatch.assign(baseOffset: offset, leaderEpoch: 3, to: $0)
            }
            try file.write(bytes, at: position)
            position += bytes.count
            offset += Int64(batch.header.lastOffsetDelta) + 1
        }
        return file
    }

    private func scan(_ file: any DiskFile, interval: Int = 4096) throws -> SegmentScan.Result {
        let scan = SegmentScan(
            file, sizeBytes: try file.size(), baseOffset: 0, indexIntervalBytes: interval,
            producers: ProducerStates())
        return try scan.run()
    }

    /// Batches around and above the size of the scan's buffer, whose CRC is computed in pieces.
    @Test(arguments: [100, (1 << 20) - 80, 1 << 20, (1 << 20) + 1, 3 << 20])
    func batchesOfAnySize(valueBytes: Int) throws {
        let scratch = try TemporaryDirectory()
        let value = String(repeating: "v", count: valueBytes)
        let file = try makeFile(
            [try TestBatch(["a"]), try TestBatch([value]), try TestBatch(["b"])], in: scratch)
        let result = try scan(file)
        #expect(result.problem == nil)
        #expect(result.validBytes == (try file.size()))
        #expect(result.nextOffset == 3)
        #expect(result.epochs == [.init(epoch: 3, startOffset: 0)])
        // One bit in the middle of the large one.
        let middle = try file.size() / 2
        let byte = try file.read(at: middle, count: 1)[0]
        try file.write([byte ^ 1], at: middle)
        let damaged = try scan(file)
        #expect(damaged.problem != nil)
        #expect(damaged.nextOffset == 1)
    }

    @Test func indexesAreSparse() throws {
        let scratch = try TemporaryDirectory()
        let batches = try (0..<10).map { try TestBatch(["v"], timestamps: [Int64($0 % 4)]) }
        let file = try makeFile(batches, in: scratch)
        let size = batches[0].buffer.readableBytes
        let result = try scan(file, interval: size)
        // More than one interval must have gone by: every second batch.
        #expect(result.offsetEntries.map(\.relativeOffset) == [2, 4, 6, 8])
        #expect(result.offsetEntries.map { Int($0.position) } == [2, 4, 6, 8].map { $0 * size })
        #expect(result.timeEntries.map(\.timestamp) == [2, 3])
        #expect(result.timeEntries.map(\.relativeOffset) == [2, 3])
        #expect(result.maxTimestamp == 3)
        #expect(result.maxTimestampOffset == 3)
    }

    @Test func offsetsBelowTheSegmentAreRefused() throws {
        let scratch = try TemporaryDirectory()
        let file = try makeFile([try TestBatch(["a"])], in: scratch)
        let scan = SegmentScan(
            file, sizeBytes: try file.size(), baseOffset: 10, indexIntervalBytes: 4096,
            producers: ProducerStates())
        let result = try scan.run()
        #expect(result.validBytes == 0)
        #expect(result.nextOffset == 10)
        #expect(result.problem != nil)
    }
}
