import KafkaBase
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct PartitionLogRetentionTests {
    /// Four sealed segments and an active one, a record each, at 1,000 to 5,000.
    private func makeLog(
        _ disk: any Disk = SimulatedDisk(seed: 1), _ directory: String = "/t-0"
    ) throws -> PartitionLog {
        var settings = LogSettings()
        settings.retentionMs = 10_000
        settings.fileDeleteDelayMs = 500
        let log = try loadLog(directory, disk: disk, settings: settings)
        for index in 1...5 {
            if index > 1 { try log.roll(nowMs: 0) }
            try log.append(TestBatch(["\(index)"], timestamps: [Int64(index) * 1_000]))
        }
        return log
    }

    private func names(_ disk: any Disk, _ directory: String = "/t-0") throws -> [String] {
        try disk.list(directory).map(\.name).filter { $0.contains(".log") }
    }

    @Test func theStartMovesFirstThenSegmentsGoThenFiles() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        #expect(try !log.expireSegments(highWatermark: 5, nowMs: 11_000))
        #expect(try log.expireSegments(highWatermark: 5, nowMs: 12_500))
        #expect(log.logStartOffset == 2 && log.segmentCount == 5)
        #expect(throws: LogError.offsetOutOfRange(requested: 1, start: 2, end: 5)) {
            try log.read(from: 1, maxBytes: 100, upTo: 5, atLeastOneBatch: true)
        }
        #expect(try log.discardBelowLogStart(nowMs: 12_500) == 2)
        #expect(log.segmentCount == 3)
        #expect(try names(disk).filter { $0.hasSuffix(".deleted") }.count == 2)
        #expect(log.removals.removeDue(nowMs: 12_999).isEmpty)
        #expect(try names(disk).count == 5)
        #expect(log.removals.removeDue(nowMs: 13_000).isEmpty)
        #expect(try names(disk).count == 3)
        #expect(try log.records().map(\.value) == ["3", "4", "5"])
        #expect(try log.discardBelowLogStart(nowMs: 12_500) == 0)
    }

    @Test func anActiveSegmentThatIsTooOldIsRolledAndGoes() throws {
        let log = try makeLog()
        #expect(try log.expireSegments(highWatermark: 5, nowMs: 100_000))
        #expect(try log.discardBelowLogStart(nowMs: 100_000) == 5)
        #expect(log.segmentCount == 1 && log.sizeBytes == 0)
        #expect(log.logStartOffset == 5 && log.logEndOffset == 5)
        #expect(try log.append("6").firstOffset == 5)
        // The empty one, and what is young, stays.
        #expect(try !log.expireSegments(highWatermark: 6, nowMs: 5_000))
    }

    @Test func aFullDiskKeepsTheActiveSegmentOnly() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try makeLog(disk)
        try log.roll(nowMs: 0)
        try log.append(TestBatch(["6"], timestamps: [6_000]))
        // Its last entry needs room before a roll.
        disk.freeBytes = 0
        #expect(try log.expireSegments(highWatermark: 6, nowMs: 100_000))
        #expect(try log.discardBelowLogStart(nowMs: 100_000) == 5)
        #expect(log.logStartOffset == 5 && log.segmentCount == 1)
        disk.freeBytes = nil
        #expect(try log.expireSegments(highWatermark: 6, nowMs: 100_000))
        #expect(log.logStartOffset == 6)
    }

    @Test func readsUnderWayGoOn() throws {
        let scratch = try TemporaryDirectory()
        let directory = scratch.path + "/t-0"
        let log = try makeLog(PosixDisk(), directory)
        let read = try log.read(from: 0, maxBytes: 100, upTo: 5, atLeastOneBatch: true)
        #expect(try log.expireSegments(highWatermark: 5, nowMs: 100_000))
        try log.discardBelowLogStart(nowMs: 100_000)
        #expect(try decode(read.bytes()).records.map(\.value) == ["1"])
        #expect(log.removals.removeDue(nowMs: .max).isEmpty)
        #expect(try decode(read.bytes()).records.map(\.value) == ["1"])
        #expect(try names(PosixDisk(), directory) == ["00000000000000000005.log"])
    }

    @Test func aFailedDirectoryKeepsAll() throws {
        let log = try makeLog()
        log.health.fail(.io(errno: 5, operation: "write", path: "/t-0"))
        #expect(throws: LogError.failed(path: "/t-0")) {
            try log.expireSegments(highWatermark: 5, nowMs: 100_000)
        }
        #expect(log.segmentCount == 5)
    }

    @Test func theCheckpointTellsTheStartUntilTheDirectoryDoes() throws {
        let log = try makeLog()
        #expect(try log.expireSegments(highWatermark: 5, nowMs: 12_500))
        try log.discardBelowLogStart(nowMs: 12_500)
        #expect(log.checkpoint.logStartOffset == 2)
        try log.flush()
        #expect(log.checkpoint.logStartOffset == nil)
    }

    @Test func jitterBringsRollsForward() throws {
        var settings = LogSettings()
        settings.segmentMs = 1_000
        settings.segmentJitterMs = 1_000
        var ages: Set<Int64> = []
        for _ in 0..<20 {
            let log = try loadLog("/j-0", disk: SimulatedDisk(seed: 1), settings: settings)
            try log.append(TestBatch(["a"], timestamps: [0]))
            for age in stride(from: Int64(0), through: 1_100, by: 50) {
                guard try log.append(TestBatch(["b"], timestamps: [age])).didRoll else { continue }
                ages.insert(age)
                break
            }
        }
        #expect(ages.allSatisfy { $0 <= 1_050 } && ages.count > 3)
    }
}
