import KafkaBase
import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import KafkaLog

@Suite("Appending to a partition's log")
struct PartitionLogAppendTests {
    @Test func givesOffsetsAndEpochWithoutTouchingTheCallersBytes() throws {
        let scratch = try TemporaryDirectory()
        let log = try loadLog(scratch.path + "/t-0")
        let first = try TestBatch(["a", "b"])
        let second = try TestBatch(["c"])
        let result = try log.append(first, second, leaderEpoch: 5)
        #expect(
            result == LogAppend(firstOffset: 0, lastOffset: 2, logStartOffset: 0, didRoll: false))
        #expect(log.logEndOffset == 3)
        #expect(log.sizeBytes == first.buffer.readableBytes + second.buffer.readableBytes)
        #expect(
            try first.buffer.withUnsafeReadableBytes { try RecordBatchHeader($0) } == first.header)

        let bytes = try Fixtures.bytes(scratch.path + "/t-0/00000000000000000000.log")
        var expected = first.buffer
        expected.writeImmutableBuffer(second.buffer)
        let patched = bytes.withUnsafeBytes { bytes in
            (try? RecordBatchHeader(
                UnsafeRawBufferPointer(rebasing: bytes[first.buffer.readableBytes...])))
        }
        #expect(patched?.baseOffset == 2)
        #expect(patched?.partitionLeaderEpoch == 5)
        // All but the patched fields is what came in.
        #expect(bytes[16...60] == Array(expected.readableBytesView)[16...60])
        #expect(try log.records().map(\.value) == ["a", "b", "c"])
    }

    @Test func refusesHeadersThatDoNotFit() throws {
        let scratch = try TemporaryDirectory()
        let log = try loadLog(scratch.path + "/t-0")
        let batch = try TestBatch(["a"])
        for headers in [[], [batch.header, batch.header]] {
            #expect(throws: LogError.self) {
                try log.append(batch.buffer, batches: headers, leaderEpoch: 0, nowMs: 0)
            }
        }
        #expect(log.logEndOffset == 0)
        #expect(!log.isFailed)
    }

    // MARK: Rolling

    @Test func rollsBySize() throws {
        let scratch = try TemporaryDirectory()
        let size = try TestBatch(["a"]).buffer.readableBytes
        let log = try loadLog(
            scratch.path + "/t-0", settings: LogSettings(segmentBytes: size * 2))
        #expect(try !log.append("a").didRoll)
        #expect(try !log.append("b").didRoll)
        #expect(try log.append("c").didRoll)
        #expect(log.segments.map(\.baseOffset) == [0, 2])
        #expect(try log.records().map(\.value) == ["a", "b", "c"])
        #expect(try log.records(maxBytes: size).map(\.value) == ["a", "b", "c"])
        // Of the old segment only what is used stays; the new one has room.
        #expect(try Fixtures.bytes(scratch.path + "/t-0/00000000000000000000.index").isEmpty)
        #expect(
            try Fixtures.bytes(scratch.path + "/t-0/00000000000000000000.timeindex").count == 12)
        #expect(
            try Fixtures.bytes(scratch.path + "/t-0/00000000000000000002.timeindex").count
                == (10 << 20) / 12 * 12)
    }

    /// By the records' timestamps, from the first batch of the segment on.
    @Test func rollsByTime() throws {
        let scratch = try TemporaryDirectory()
        let log = try loadLog(scratch.path + "/t-0", settings: LogSettings(segmentMs: 100))
        try log.append(try TestBatch(["a"], timestamps: [1000]), nowMs: 0)
        #expect(try !log.append(TestBatch(["b"], timestamps: [1100]), nowMs: 9999).didRoll)
        #expect(try log.append(TestBatch(["c"], timestamps: [1101]), nowMs: 0).didRoll)
        // The same after a restart, when the first timestamp has to be read.
        try log.close()
        let again = try loadLog(
            scratch.path + "/t-0", wasClean: true, settings: LogSettings(segmentMs: 100))
        #expect(try !again.append(TestBatch(["d"], timestamps: [1201]), nowMs: 0).didRoll)
        #expect(try again.append(TestBatch(["e"], timestamps: [1202]), nowMs: 0).didRoll)
    }

    @Test func rollsWhenAnIndexIsFull() throws {
        let scratch = try TemporaryDirectory()
        let log = try loadLog(
            scratch.path + "/t-0",
            settings: LogSettings(indexIntervalBytes: 0, indexSizeMaxBytes: 36))
        // The first append makes no entry; four fit into the offset index.
        for number in 0..<5 {
            #expect(try !log.append(TestBatch(["v"], timestamps: [1])).didRoll, "\(number)")
        }
        #expect(try log.append(TestBatch(["v"], timestamps: [1])).didRoll)
        #expect(log.segments[0].offsetIndex.count == 4)
        // Where each append is later than the last, the time index is full first: it has room for
        // three, but keeps the last slot for what the roll may have to add.
        for number in Int64(2)..<4 {
            #expect(try !log.append(TestBatch(["v"], timestamps: [number])).didRoll)
        }
        #expect(try log.append(TestBatch(["v"], timestamps: [4])).didRoll)
        #expect(log.segments[1].timeIndex.count == 2)
    }

    @Test func rollsBeforeOffsetsOutgrowTheIndex() throws {
        let scratch = try TemporaryDirectory()
        let log = try loadLog(scratch.path + "/t-0")
        var batch = try TestBatch(["a"]).header
        batch.lastOffsetDelta = Int32.max - 10
        let buffer = try TestBatch(["a"]).buffer
        _ = try log.append(buffer, batches: [batch], leaderEpoch: 0, nowMs: 0)
        for _ in 0..<9 { _ = try log.append("x") }
        #expect(log.segmentCount == 1)
        _ = try log.append("x")
        #expect(log.segmentCount == 1)
        #expect(try log.append("x").didRoll)
        #expect(log.segments.map(\.baseOffset) == [0, Int64(Int32.max) + 1])
    }

    @Test func anEmptySegmentDoesNotRoll() throws {
        let scratch = try TemporaryDirectory()
        let log = try loadLog(scratch.path + "/t-0", settings: LogSettings(segmentBytes: 10))
        #expect(try !log.append("larger than the segment").didRoll)
        try log.roll(nowMs: 0)
        try log.roll(nowMs: 0)
        #expect(log.segmentCount == 2)
    }

    // MARK: Epochs

    @Test func notesWhereEpochsBegin() throws {
        let scratch = try TemporaryDirectory()
        let log = try loadLog(scratch.path + "/t-0")
        try log.append(try TestBatch(["a", "b"]), leaderEpoch: 1)
        try log.append(try TestBatch(["c"]), leaderEpoch: 1)
        try log.append(try TestBatch(["d"]), leaderEpoch: 4)
        #expect(
            log.leaderEpochs.entries == [
                .init(epoch: 1, startOffset: 0), .init(epoch: 4, startOffset: 3),
            ])
        #expect(log.endOffset(forLeaderEpoch: 1) == (1, 3))
        let path = scratch.path + "/t-0/leader-epoch-checkpoint"
        #expect(!Fixtures.isFile(path))
        try log.flush()
        #expect(try Fixtures.text(path) == "0\n2\n1 0\n4 3\n")
    }
}

/// What a log does when its disk is full or fails.
@Suite("A log on a bad disk")
struct PartitionLogFailureTests {
    private func makeLog(_ disk: SimulatedDisk) throws -> PartitionLog {
        try disk.createDirectory("/t-0")
        return try loadLog(
            "/t-0", disk: disk, settings: LogSettings(segmentBytes: 2000, indexSizeMaxBytes: 240))
    }

    @Test func fullDiskRefusesAndRecovers() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        try log.append("a")
        let size = try disk.fileSize("/t-0/00000000000000000000.log")
        disk.freeBytes = 30
        for _ in 0..<5 {
            #expect(throws: LogError.noSpace(path: "/t-0/00000000000000000000.log")) {
                try log.append("does not fit")
            }
            #expect(try disk.fileSize("/t-0/00000000000000000000.log") == size)
        }
        #expect(!log.isFailed)
        disk.freeBytes = nil
        #expect(try log.append("b").firstOffset == 1)
        #expect(try log.records().map(\.value) == ["a", "b"])
    }

    @Test func failedWriteFailsTheDirectory() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        try log.append("a")
        disk.failurePermille = 1000
        #expect(throws: LogError.self) { try log.append("b") }
        #expect(log.isFailed)
        disk.failurePermille = 0
        #expect(throws: LogError.failed(path: "/t-0")) { try log.append("b") }
        #expect(throws: LogError.failed(path: "/t-0")) { try log.flush() }
        #expect(log.logEndOffset == 1)
        #expect(try log.records().map(\.value) == ["a"])
    }

    @Test func failedSyncFailsTheDirectory() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        try log.append("a")
        disk.failurePermille = 1000
        #expect(throws: LogError.self) { try log.flush() }
        disk.failurePermille = 0
        #expect(log.isFailed)
        #expect(log.flushedOffset == 0)
        #expect(throws: LogError.failed(path: "/t-0")) { try log.append("b") }
        #expect(try log.records().map(\.value) == ["a"])
    }

    @Test func nothingOfASegmentThatCouldNotBeMadeStays() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        try log.append("a")
        try log.flush()
        disk.failurePermille = 1000
        #expect(throws: LogError.self) { try log.append("b") }
        disk.crash()
        let names = try disk.list("/t-0").map(\.name)
        #expect(names.filter { $0.hasSuffix(".log") } == ["00000000000000000000.log"])
        #expect(try loadLog("/t-0", disk: disk).records().map(\.value) == ["a"])
    }

    @Test func epochsWaitForSpace() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        try log.append(TestBatch(["a"]), leaderEpoch: 3)
        disk.freeBytes = 0
        // The records are safe: a recovery, which begins in front of them, reads their epoch.
        try log.flush()
        let file = LeaderEpochFile(disk: disk, directory: "/t-0")
        #expect(try file.read() == nil)
        #expect(!log.isFailed)
        #expect(log.flushedOffset == 1)
        #expect(log.checkpoint.recoveryPoint == 0)
        disk.freeBytes = nil
        try log.flush()
        #expect(try file.read()?.entries.map(\.epoch) == [3])
    }

    /// EMFILE, at the log, at an index, at a roll, at the epochs: it passes.
    @Test func wantOfDescriptorsRefusesAndRecovers() throws {
        let disk = SimulatedDisk(seed: 1)
        try disk.createDirectory("/t-0")
        let batch = try TestBatch(["a"])
        let log = try loadLog(
            "/t-0", disk: disk,
            settings: LogSettings(
                segmentBytes: 4 * batch.buffer.readableBytes, indexIntervalBytes: 0))
        var refusals = 0
        for number in 0..<10 {
            if number % 3 == 0 { log.releaseFiles() }
            for epoch in [Int32(number), Int32(number)] {
                disk.openErrno = 24
                do {
                    try log.append(batch, leaderEpoch: epoch)
                    disk.openErrno = nil
                    continue
                } catch LogError.io(24, "open", _) {
                    refusals += 1
                }
                disk.openErrno = nil
                try log.append(batch, leaderEpoch: epoch)
            }
            // What can be opened is synced, the rest is left to the next time.
            disk.openErrno = 24
            try? log.flush()
            disk.openErrno = nil
            try log.flush()
        }
        #expect(refusals > 5)
        #expect(!log.isFailed)
        #expect(log.logEndOffset == 20)
        #expect(try log.records().map(\.offset) == Array(0..<20))
        disk.crash()
        #expect(try loadLog("/t-0", disk: disk).logEndOffset == 20)
    }
}
