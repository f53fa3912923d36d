import KafkaBase
import NIOCore
import TestSupport
import Testing

@testable import KafkaLog

@Suite("Loading a partition's directory")
struct LogLoaderTests {
    /// Three segments of two records each, closed cleanly.
    private func makeSegments(_ path: String) throws {
        let size = try TestBatch(["a"]).buffer.readableBytes
        let log = try loadLog(path, settings: LogSettings(segmentBytes: size * 2))
        for number in 0..<6 {
            try log.append(try TestBatch(["\(number)"]), leaderEpoch: Int32(number / 2))
        }
        try log.close()
    }

    private func touch(_ path: String) throws {
        _ = try PosixDisk().open(path, .create)
    }

    private func copy(_ source: String, to target: String) throws {
        let file = try PosixDisk().open(target, .create)
        try file.write(try Fixtures.bytes(source), at: 0)
    }

    private func name(_ offset: Int64, _ kind: SegmentFileName.Kind) -> String {
        "/" + SegmentFileName(offset, kind).name
    }

    @Test func dropsWhatWasToBeDeleted() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        for file in [
            "/00000000000000000009.log.deleted", "/00000000000000000009.index.cleaned",
            "/00000000000000000009.timeindex", "/00000000000000000009.txnindex",
        ] {
            try touch(path + file)
        }
        let log = try loadLog(path, wasClean: true)
        #expect(log.segments.map(\.baseOffset) == [0, 2, 4])
        #expect(!Fixtures.entries(of: path).contains { $0.contains("9") })
        #expect(try log.records().count == 6)
    }

    /// Compaction had replaced the first two segments by one, but not come to the renaming's end.
    @Test func completesAReplacement() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        var merged = try Fixtures.bytes(path + name(0, .log))
        merged += try Fixtures.bytes(path + name(2, .log))
        let swap = try PosixDisk().open(path + name(0, .log) + ".swap", .create)
        try swap.write(merged, at: 0)
        try copy(path + name(0, .index), to: path + name(0, .index) + ".swap")
        try copy(path + name(2, .timeindex), to: path + name(0, .timeindex) + ".swap")
        let findings = Findings()
        let log = try loadLog(path, wasClean: true, findings: findings)
        #expect(log.segments.map(\.baseOffset) == [0, 4])
        #expect(try log.records().map(\.value) == ["0", "1", "2", "3", "4", "5"])
        #expect(findings.all.contains { $0.kind == .deleted })
        #expect(!Fixtures.entries(of: path).contains { $0.hasSuffix(".swap") })
    }

    /// A cleaned file below a swap file says that a split had not got to its end.
    @Test func dropsASwapBehindACleanedFile() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        try copy(path + name(2, .log), to: path + name(2, .log) + ".swap")
        try touch(path + name(0, .log) + ".cleaned")
        let log = try loadLog(path, wasClean: true)
        #expect(log.segments.map(\.baseOffset) == [0, 2, 4])
        #expect(try log.records().count == 6)
    }

    @Test func cutsAtABadBatchAndDropsWhatFollows() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        for snapshot: Int64 in [3, 4, 6] { try touch(path + name(snapshot, .snapshot)) }
        let log = path + name(2, .log)
        let size = try Fixtures.bytes(log).count
        let byte = try Fixtures.bytes(log)[size - 1]
        try PosixDisk().open(log, .readWrite).write([byte ^ 1], at: size - 1)
        let findings = Findings()
        let loaded = try loadLog(path, findings: findings)
        #expect(loaded.logEndOffset == 3)
        #expect(try loaded.records().map(\.value) == ["0", "1", "2"])
        #expect(loaded.leaderEpochs.entries.map(\.epoch) == [0, 1])
        let cuts = findings.all.filter { $0.kind == .truncated }
        #expect(cuts.map(\.position) == [size / 2])
        #expect(cuts.map(\.bytes) == [size - size / 2])
        #expect(cuts.map(\.path) == [log])
        let deleted = findings.all.filter { $0.kind == .deleted }
        #expect(deleted.map(\.path) == [path + name(4, .log)])
        // Snapshots beyond what is known to be durable go, and are made again by the scan.
        #expect(Fixtures.isFile(path + name(2, .snapshot)))
        for snapshot: Int64 in [3, 4, 6] {
            #expect(!Fixtures.isFile(path + name(snapshot, .snapshot)))
        }
        #expect(!Fixtures.isFile(path + name(4, .timeindex)))
        // Appends go on where the good part ends.
        #expect(try loaded.append("next").firstOffset == 3)
    }

    /// A compacted segment that cannot be right does not take the place of one that is there.
    @Test func aDamagedSwapFileGoes() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        let original = try Fixtures.bytes(path + name(2, .log))
        var damaged = original
        damaged[original.count - 1] ^= 1
        try PosixDisk().open(path + name(2, .log) + ".swap", .create).write(damaged, at: 0)
        let findings = Findings()
        let loaded = try loadLog(path, recoveryPoint: 4, findings: findings)
        #expect(try loaded.records().map(\.value).starts(with: ["0", "1", "2", "3"]))
        #expect(
            findings.all.filter { $0.kind == .deleted }.map(\.path) == [
                path + name(2, .log) + ".swap"
            ])
        #expect(try Fixtures.bytes(path + name(2, .log)) == original)
    }

    @Test func scansOnlyFromTheRecoveryPoint() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        let log = path + name(0, .log)
        let size = try Fixtures.bytes(log).count
        let byte = try Fixtures.bytes(log)[size - 1]
        try PosixDisk().open(log, .readWrite).write([byte ^ 1], at: size - 1)
        let findings = Findings()
        #expect(try loadLog(path, recoveryPoint: 2, findings: findings).logEndOffset == 6)
        #expect(findings.all.map(\.kind) == [.recovered])
        #expect(findings.all.first?.bytes == 2 * size)
        #expect(try loadLog(path, recoveryPoint: 1).logEndOffset == 1)
    }

    /// Not acknowledged before the lost ones were on the disk, so they must not be kept either.
    @Test func dropsSegmentsBehindALostTail() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        let log = path + name(2, .log)
        let size = try Fixtures.bytes(log).count
        try PosixDisk().open(log, .readWrite).truncate(to: size / 2)
        var settings = LogSettings()
        settings.isCompacted = true
        #expect(try loadLog(path, recoveryPoint: 3, settings: settings).logEndOffset == 6)
        #expect(try loadLog(path, recoveryPoint: 3).logEndOffset == 3)
    }

    @Test func rebuildsIndexesThatAreMissing() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        let before = try Fixtures.bytes(path + name(2, .timeindex))
        try PosixDisk().removeFile(path + name(2, .timeindex))
        try PosixDisk().removeFile(path + name(2, .index))
        let findings = Findings()
        let log = try loadLog(path, wasClean: true, findings: findings)
        #expect(try log.records().count == 6)
        #expect(findings.all.map(\.kind) == [.rebuilt, .rebuilt])
        #expect(try Fixtures.bytes(path + name(2, .timeindex)) == before)
    }

    @Test func trailingGarbageOfACleanLogIsCut() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        let log = path + name(4, .log)
        let size = try Fixtures.bytes(log).count
        try PosixDisk().open(log, .readWrite).write([1, 2, 3], at: size)
        let findings = Findings()
        #expect(try loadLog(path, wasClean: true, findings: findings).logEndOffset == 6)
        #expect(findings.all.map(\.kind) == [.truncated])
        #expect(try Fixtures.bytes(log).count == size)
    }

    @Test func startsEmptyAboveAnEndThatLiesBelowTheStart() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        let log = try loadLog(path, wasClean: true, logStartOffset: 10)
        #expect(log.logStartOffset == 10)
        #expect(log.logEndOffset == 10)
        #expect(log.segments.map(\.baseOffset) == [10])
        #expect(log.leaderEpochs.entries.isEmpty)
        #expect(try log.append("a").firstOffset == 10)
    }

    @Test func epochsComeBackFromTheBatches() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        let expected = try loadLog(path, wasClean: true).leaderEpochs
        #expect(expected.entries.count == 3)
        try PosixDisk().open(path + "/leader-epoch-checkpoint", .create).write([1], at: 0)
        let findings = Findings()
        let log = try loadLog(path, wasClean: true, findings: findings)
        #expect(log.leaderEpochs == expected)
        #expect(findings.all.map(\.kind) == [.rebuilt])
        try log.flush()
        #expect(try loadLog(path, wasClean: true).leaderEpochs == expected)
    }

    @Test func logsOfNothing() throws {
        let scratch = try TemporaryDirectory()
        for wasClean in [true, false] {
            let log = try loadLog(scratch.path + "/t-0", wasClean: wasClean)
            #expect(log.logEndOffset == 0)
            #expect(log.bytesAvailable(from: 0) == 0)
            #expect(
                try log.read(from: 0, maxBytes: 10, upTo: .max, atLeastOneBatch: true).slice == nil)
            try log.close()
        }
    }

    /// The CRC does not cover a batch's base offset.
    @Test(arguments: [true, false])
    func aJumpOfOffsetsIsCut(wasClean: Bool) throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        try makeSegments(path)
        let log = path + name(4, .log)
        let file = try PosixDisk().open(log, .readWrite)
        let size = try file.size()
        // 2 to the power of 40.
        try file.write([1], at: size / 2 + 2)
        let findings = Findings()
        let loaded = try loadLog(path, wasClean: wasClean, findings: findings)
        #expect(loaded.logEndOffset == 5)
        #expect(findings.all.contains { $0.kind == .truncated && $0.path == log })
        #expect(try loaded.append("next").firstOffset == 5)
    }
}
