import KafkaBase
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct LogDirectoryTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    @Test func aNewDirectoryGetsAnIdentity() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/deep/data"
        let directory = try LogDirectory.open(path: path, nodeID: 4, clusterID: "c")
        #expect(directory.clusterID == "c")
        #expect(directory.nodeID == 4)
        #expect(!directory.wasCleanShutdown)
        try directory.close([])
        let again = try LogDirectory.open(path: path, nodeID: 4)
        #expect(again.clusterID == "c")
        #expect(again.directoryID == directory.directoryID)
        #expect(again.wasCleanShutdown)
    }

    @Test func otherPeoplesDirectoriesAreRefused() throws {
        let scratch = try TemporaryDirectory()
        try LogDirectory.open(path: scratch.path, nodeID: 4, clusterID: "c").close([])
        for (node, cluster) in [(Int32(5), "c"), (4, "d")] {
            #expect(throws: LogError.self) {
                try LogDirectory.open(path: scratch.path, nodeID: node, clusterID: cluster)
            }
        }
        // A refusal leaves the directory as it was.
        #expect(try LogDirectory.open(path: scratch.path, nodeID: 4).wasCleanShutdown)
    }

    @Test func oneOwnerAtATime() throws {
        let scratch = try TemporaryDirectory()
        let directory = try LogDirectory.open(path: scratch.path)
        #expect(throws: LogError.locked(path: scratch.path)) {
            try LogDirectory.open(path: scratch.path)
        }
        #expect(try DirectoryLock.tryAcquire(scratch.path) == nil)
        try directory.close([])
        let lock = try #require(try DirectoryLock.tryAcquire(scratch.path))
        _ = try LogDirectory.open(path: scratch.path, lock: lock)
    }

    @Test func logsSurviveACleanStop() throws {
        let scratch = try TemporaryDirectory()
        let id = Uuid.random()
        let directory = try LogDirectory.open(path: scratch.path)
        let log = try directory.createLog(partition, topicID: id)
        #expect(log.topicID == id)
        for text in ["a", "b", "c"] { try log.append(text) }
        try log.advanceLogStart(to: 1)
        try directory.close([log])
        #expect(
            try Fixtures.text(scratch.path + "/recovery-point-offset-checkpoint") == "0\n1\nt 0 3\n"
        )
        #expect(
            try Fixtures.text(scratch.path + "/log-start-offset-checkpoint") == "0\n1\nt 0 1\n")
        #expect(
            try Fixtures.text(scratch.path + "/.kafka_cleanshutdown")
                == "{\"version\":0,\"brokerEpoch\":-1}")

        let findings = Findings()
        let next = try LogDirectory.open(path: scratch.path, onFinding: findings.report)
        #expect(next.wasCleanShutdown)
        #expect(!Fixtures.isFile(scratch.path + "/.kafka_cleanshutdown"))
        let loaded = try #require(try next.loadAll().first)
        #expect(loaded.topicID == id)
        #expect(loaded.logStartOffset == 1)
        #expect(loaded.flushedOffset == 3)
        #expect(try loaded.flushTicket() == nil)
        #expect(try loaded.records().map(\.value) == ["b", "c"])
        #expect(findings.all.isEmpty)
    }

    @Test func anUncleanStopIsRecovered() throws {
        let scratch = try TemporaryDirectory()
        do {
            let directory = try LogDirectory.open(path: scratch.path)
            let log = try directory.createLog(partition, topicID: .random())
            try log.append("a")
            try log.append("b")
            try log.flush()
            // Inside of the active segment, whose indexes are not synced.
            #expect(log.checkpoint.recoveryPoint == 1)
            try directory.writeCheckpoints([log.checkpoint])
            try log.append("c")
        }
        let findings = Findings()
        let directory = try LogDirectory.open(path: scratch.path, onFinding: findings.report)
        let log = try #require(try directory.loadAll().first)
        #expect(log.logEndOffset == 3)
        // What was scanned is not known to be on the disk yet.
        #expect(log.flushedOffset == 1)
        #expect(findings.all.map(\.kind) == [.recovered])
        try log.flush()
        #expect(log.flushedOffset == 3)
    }

    @Test func manyLogsLoadInParallel() throws {
        let scratch = try TemporaryDirectory()
        let directory = try LogDirectory.open(path: scratch.path)
        var logs: [PartitionLog] = []
        for number in Int32(0)..<50 {
            let log = try directory.createLog(
                TopicPartition(topic: "t", partition: number), topicID: .random())
            for _ in 0...number { try log.append("x") }
            logs.append(log)
        }
        try directory.close(logs, threads: 4)
        let again = try LogDirectory.open(path: scratch.path)
        let loaded = try again.loadAll(threads: 4)
        #expect(loaded.count == 50)
        for log in loaded { #expect(log.logEndOffset == Int64(log.partition) + 1) }
    }

    @Test func aLogIsNotMadeTwice() throws {
        let scratch = try TemporaryDirectory()
        let directory = try LogDirectory.open(path: scratch.path)
        _ = try directory.createLog(partition, topicID: .random())
        #expect(throws: LogError.alreadyExists(path: scratch.path + "/t-0")) {
            try directory.createLog(partition, topicID: .random())
        }
    }

    @Test func deletedLogsAreGone() throws {
        let scratch = try TemporaryDirectory()
        let directory = try LogDirectory.open(path: scratch.path)
        let log = try directory.createLog(partition, topicID: .random())
        try log.append("a")
        try directory.deleteLog(log)
        let names = Fixtures.entries(of: scratch.path)
        #expect(!names.contains { $0.hasPrefix("t-0") })
        // What a crash left of a deletion goes with the next start.
        _ = try directory.createLog(partition, topicID: .random())
        let left = scratch.path + "/t-1.0123456789abcdef0123456789abcdef-delete"
        try PosixDisk().createDirectory(left)
        _ = try PosixDisk().open(left + "/00000000000000000000.log", .create)
        #expect(try directory.loadAll().map(\.topicPartition) == [partition])
        #expect(!Fixtures.isDirectory(left))
    }

    @Test func aDamagedCheckpointOnlyMakesRecoveryLonger() throws {
        let scratch = try TemporaryDirectory()
        do {
            let directory = try LogDirectory.open(path: scratch.path)
            let log = try directory.createLog(partition, topicID: .random())
            try log.append("a")
        }
        let path = scratch.path + "/" + OffsetCheckpoint.recoveryPoints
        try PosixDisk().open(path, .create).write([1, 2, 3], at: 0)
        let findings = Findings()
        let directory = try LogDirectory.open(path: scratch.path, onFinding: findings.report)
        #expect(try directory.loadAll().first?.logEndOffset == 1)
        #expect(findings.all.contains { $0.kind == .ignored && $0.path == path })
    }

    @Test func aDirectoryWithoutALogIsLeftAlone() throws {
        let scratch = try TemporaryDirectory()
        let other = scratch.path + "/backup-2"
        try PosixDisk().createDirectory(other)
        _ = try PosixDisk().open(other + "/notes", .create)
        let directory = try LogDirectory.open(path: scratch.path)
        #expect(try directory.loadAll().isEmpty)
        #expect(Fixtures.entries(of: other) == ["notes"])
    }

    @Test(arguments: ["t", String(repeating: "l", count: 249), String(repeating: "ü", count: 120)])
    func aStrayOfAnyNameIsSetAside(topic: String) throws {
        let scratch = try TemporaryDirectory()
        let directory = try LogDirectory.open(path: scratch.path)
        let log = try directory.createLog(
            TopicPartition(topic: topic, partition: 12), topicID: .random())
        try directory.setAside(log)
        let names = Fixtures.entries(of: scratch.path).filter { $0.hasSuffix("-stray") }
        #expect(names.count == 1 && names[0].hasPrefix(String(topic.prefix(50))))
        #expect(try directory.loadAll().isEmpty)
    }

    @Test func nothingOfALogThatCouldNotBeMadeStays() throws {
        let disk = SimulatedDisk(seed: 7)
        try disk.createDirectory("/data")
        let directory = try LogDirectory.open(path: "/data", disk: disk)
        disk.freeBytes = 10
        #expect(throws: LogError.noSpace(path: "/data/t-0/partition.metadata")) {
            try directory.createLog(partition, topicID: .random())
        }
        disk.freeBytes = nil
        // One try after the other gets further, up to the segment's files and beyond.
        for seed in 0..<200 {
            disk.failurePermille = 300
            let log = try? directory.createLog(partition, topicID: .random())
            disk.failurePermille = 0
            if let log {
                try directory.deleteLog(log)
            } else {
                #expect(try !disk.list("/data").contains { $0.name == "t-0" }, "\(seed)")
            }
        }
        _ = try directory.createLog(partition, topicID: .random())
    }
}
