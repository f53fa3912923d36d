import KafkaBase
import Testing

@testable import KafkaLog

@Suite struct DiskReserveTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    private func open(_ disk: SimulatedDisk, reserveBytes: Int = 4_096) throws -> LogDirectory {
        try disk.createDirectory("/data")
        try disk.syncDirectory("/")
        return try LogDirectory.open(path: "/data", disk: disk, reserveBytes: reserveBytes)
    }

    @Test func aLogStartIsNotedOnAFullDisk() throws {
        let disk = SimulatedDisk(seed: 3)
        let directory = try open(disk)
        let log = try directory.createLog(partition, topicID: .random())
        try log.append("a")
        try log.append("b")
        try log.flush()
        disk.freeBytes = 0
        try log.advanceLogStart(to: 1)
        try directory.noteLogStarts([partition: 1])
        disk.freeBytes = nil
        disk.crash()
        let again = try open(disk)
        #expect(try again.loadAll().first?.logStartOffset == 1)
        #expect(try again.checkpoints.read().logStarts == [partition: 1])
    }

    @Test func itIsSpentOnceAndTakenAgain() throws {
        let disk = SimulatedDisk(seed: 3)
        let directory = try open(disk)
        disk.freeBytes = 0
        try directory.noteLogStarts([partition: 1])
        // The room of the reserve is not all used up: it may be there for others.
        disk.freeBytes = 0
        #expect(throws: LogError.self) { try directory.noteLogStarts([partition: 2]) }
        disk.freeBytes = nil
        directory.reserve.restore()
        disk.freeBytes = 0
        try directory.noteLogStarts([partition: 3])
        #expect(try directory.checkpoints.read().logStarts == [partition: 3])
    }

    @Test func withoutRoomNothingOfItStays() throws {
        let disk = SimulatedDisk(seed: 3)
        let directory = try open(disk)
        #expect(directory.reserve.release())
        #expect(!directory.reserve.release())
        disk.freeBytes = 100
        directory.reserve.restore()
        #expect(try disk.fileSize("/data/" + DiskReserve.name) == nil)
        #expect(disk.freeBytes == 100)
        #expect(!directory.reserve.release())
    }

    @Test func aDeletedLogLeavesNoOffsetsToTheNextOfItsName() throws {
        let disk = SimulatedDisk(seed: 4)
        let directory = try open(disk)
        let log = try directory.createLog(partition, topicID: .random())
        for _ in 0..<5 { try log.append("a") }
        try log.flush()
        try log.advanceLogStart(to: 4)
        try directory.writeCheckpoints([log.checkpoint])
        try directory.noteLogStarts([partition: 4])
        try directory.deleteLogs([log], nowMs: 0, delayMs: 1_000)
        #expect(directory.removals.count == 1)
        let new = try directory.createLog(partition, topicID: .random())
        try new.append("b")
        try new.flush()
        disk.crash()
        let loaded = try #require(try open(disk).loadAll().first)
        #expect(try loaded.records().map(\.value) == ["b"])
    }

    @Test func theFilesOfADeletedLogGoAfterTheDelay() throws {
        let disk = SimulatedDisk(seed: 4)
        let directory = try open(disk)
        let log = try directory.createLog(partition, topicID: .random())
        try directory.deleteLogs([log], nowMs: 1_000, delayMs: 500)
        #expect(directory.removals.removeDue(nowMs: 1_499).isEmpty)
        let left = try disk.list("/data").filter { $0.name.hasSuffix("-delete") }
        #expect(left.count == 1)
        #expect(directory.removals.removeDue(nowMs: 1_500).isEmpty)
        #expect(try !disk.list("/data").contains { $0.isDirectory })
    }
}
