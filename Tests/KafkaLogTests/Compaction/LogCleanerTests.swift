import KafkaBase
import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct LogCleanerTests {
    /// A directory with one log, and a cleaner.
    private struct Fixture {
        let disk: SimulatedDisk
        let directory: LogDirectory
        let log: PartitionLog
        var cleaner: TestCleaner
        var logs: TestLogs

        init(
            _ settings: LogSettings = .compacted(), disk: SimulatedDisk = SimulatedDisk(seed: 1),
            _ options: (inout LogCleaner.Options) -> Void = { _ in }
        ) throws {
            self.disk = disk
            try disk.createDirectory("/data")
            directory = try LogDirectory.open(path: "/data", disk: disk)
            log = try directory.createLog(
                TopicPartition(topic: "t", partition: 0), topicID: .random(), settings: settings)
            cleaner = try TestCleaner(directory, [log], options)
            logs = TestLogs(logs: [log])
        }

        func append(_ keys: Range<Int>, value: String?, codec: String = "none") throws {
            try log.append(
                TestBatch(
                    keyed: keys.map { (key: "key \($0)", value: value.map { "\($0) of a key" }) },
                    codec: codec))
        }

        /// Everything that was appended becomes cleanable.
        func seal() throws {
            try log.roll(nowMs: 1_000)
            try log.flush()
        }

        /// As often as it is due.
        @discardableResult
        func compact() throws -> [CompactionResult] {
            var results: [CompactionResult] = []
            while case .compacted(let result) = try cleaner.cleaner.compactDirtiest(of: logs) {
                results.append(result)
            }
            return results
        }

        func files() throws -> [String] { try disk.list(log.directoryPath).map(\.name) }
    }

    @Test(arguments: CompressionCodec.allCases)
    func theLatestValueOfEachKeyStays(_ codec: CompressionCodec) throws {
        let fixture = try Fixture()
        for round in 0..<30 {
            try fixture.append(
                round % 3 * 4..<round % 3 * 4 + 8, value: "\(round)", codec: "\(codec)")
        }
        try fixture.seal()
        let before = try fixture.log.keyedRecords()
        let values = try fixture.log.latestValues()
        let sizeBytes = fixture.log.sizeBytes
        let result = try #require(try fixture.compact().first)
        let after = try fixture.log.keyedRecords()
        #expect(try fixture.log.latestValues() == values)
        #expect(after.count == 16 && Set(after).isSubset(of: before))
        #expect(Set(after.map(\.key)).count == 16)
        #expect(fixture.log.sizeBytes < sizeBytes)
        #expect(fixture.log.sizeBytes == fixture.log.segments.reduce(0) { $0 + $1.sizeBytes })
        #expect(result.recordsRead == 240 && result.recordsKept == 16)
        #expect(result.endOffset == 240 && fixture.log.logEndOffset == 240)
        #expect(fixture.cleaner.cleaner.checkpoint(of: fixture.log.topicPartition) == 240)
        #expect(result.segmentsWritten <= result.segmentsRead)
        #expect(fixture.log.segmentCount == result.segmentsWritten + 1)
        // Reads from every offset go on to the next record that there is.
        for offset in Int64(0)..<240 {
            let found = try fixture.log.records(from: offset, maxBytes: 1).map(\.offset)
            #expect(found == after.map(\.offset).filter { $0 >= offset }, "from \(offset)")
        }
        #expect(try fixture.cleaner.cleaner.compactDirtiest(of: fixture.logs) == .nothingToDo)
    }

    @Test func tombstonesStayForTheirTime() throws {
        let fixture = try Fixture()
        try fixture.append(0..<4, value: "old")
        try fixture.append(0..<2, value: nil)
        try fixture.seal()
        try fixture.compact()
        #expect(
            try fixture.log.keyedRecords().map { $0.value == nil } == [false, false, true, true])
        let horizon = try #require(try fixture.log.batches().last?.header)
        #expect(horizon.attributes.hasDeleteHorizon)
        #expect(horizon.baseTimestamp == 1_010_000)
        // Before the horizon a further round changes nothing of them.
        fixture.cleaner.nowMs = 1_009_999
        try fixture.append(10..<11, value: "x")
        try fixture.seal()
        try fixture.compact()
        #expect(try fixture.log.keyedRecords().count { $0.value == nil } == 2)
        fixture.cleaner.nowMs = 1_010_000
        try fixture.append(10..<11, value: "y")
        try fixture.seal()
        try fixture.compact()
        #expect(try fixture.log.keyedRecords().map(\.key) == ["key 2", "key 3", "key 10"])
    }

    /// More keys than the map takes: each round goes as far as it can, the last one to the end.
    @Test func severalRounds() throws {
        let fixture = try Fixture(.compacted(segmentBytes: 3_000)) {
            $0.mapBytes = 50 * OffsetMap.entryBytes
        }
        for round in 0..<6 { try fixture.append(0..<100, value: "\(round)") }
        try fixture.seal()
        let values = try fixture.log.latestValues()
        let results = try fixture.compact()
        #expect(results.count > 3)
        for (result, next) in zip(results, results.dropFirst()) {
            #expect(result.endOffset == next.firstDirtyOffset)
            #expect(result.endOffset > result.firstDirtyOffset)
        }
        #expect(results.last?.endOffset == 600)
        #expect(try fixture.log.latestValues() == values)
        // A key out of a map's reach may stay twice, but only once a map's worth of offsets.
        #expect(try fixture.log.keyedRecords().count < 600)
    }

    /// What takes an old value's place is on the disk before the old one goes.
    @Test func newValuesAreMadeDurableFirst() throws {
        let fixture = try Fixture()
        for _ in 0..<20 { try fixture.append(0..<8, value: "old") }
        try fixture.seal()
        for _ in 0..<20 { try fixture.append(0..<8, value: "new") }
        try fixture.log.roll(nowMs: 1_000)
        let values = try fixture.log.latestValues()
        #expect(fixture.log.flushedOffset == 160 && fixture.log.logEndOffset == 320)
        try fixture.compact()
        fixture.disk.crash()
        let log = try loadLog("/data/t-0", disk: fixture.disk, settings: .compacted())
        #expect(try log.latestValues() == values)
    }

    @Test func recordsWithoutKeysGo() throws {
        let fixture = try Fixture()
        try fixture.log.append(TestBatch(keyed: [(nil, "lost"), ("k", "kept")]))
        try fixture.seal()
        try fixture.log.append(TestBatch(keyed: [(nil, "in the active segment")]))
        try fixture.compact()
        #expect(try fixture.log.keyedRecords().map(\.value) == ["kept", "in the active segment"])
    }

    @Test func producersAndTheLastBatchKeepTheirPlaces() throws {
        let fixture = try Fixture()
        for (producer, sequence) in [(Int64(7), Int32(0)), (7, 2), (8, 0)] {
            try fixture.log.append(
                TestBatch(
                    keyed: [("a", "1"), ("b", "2")], codec: "gzip",
                    producer: .init(id: producer, epoch: 1, baseSequence: sequence)),
                leaderEpoch: 5)
        }
        try fixture.log.append(TestBatch(keyed: [("a", "x"), ("b", "y")]))
        try fixture.log.append(TestBatch(keyed: [(nil, "no key")]))
        try fixture.seal()
        try fixture.compact()
        let batches = try fixture.log.batches()
        #expect(batches.map(\.header.baseOffset) == [2, 4, 6, 8])
        #expect(batches.map(\.header.recordCount) == [0, 0, 2, 0])
        let emptied = batches[0].header
        #expect(emptied.sizeBytes == 61 && emptied.attributes.codec == CompressionCodec.none)
        #expect(emptied.baseSequence == 2 && emptied.lastOffset == 3 && emptied.producerEpoch == 1)
        #expect(emptied.partitionLeaderEpoch == 5)
        // Once the producers are forgotten their batches go.
        fixture.log.removeExpiredProducers(nowMs: 1 << 50)
        try fixture.append(20..<21, value: "x")
        try fixture.seal()
        try fixture.compact()
        #expect(try fixture.log.batches().map(\.header.baseOffset) == [6, 9])
    }

    @Test func whatIsNeededStaysUntouched() throws {
        var settings = LogSettings.compacted()
        settings.minCleanableDirtyRatio = 0.6
        var fixture = try Fixture(settings)
        for _ in 0..<20 { try fixture.append(0..<8, value: "v") }
        let before = try fixture.log.keyedRecords()
        try fixture.seal()
        // In an open transaction, or of a topic that is not compacted.
        fixture.logs.change = { $0.lastStableOffset = 0 }
        #expect(try fixture.compact().isEmpty)
        fixture.logs.change = { _ in }
        fixture.log.settings.isCompacted = false
        #expect(try fixture.compact().isEmpty)
        #expect(try fixture.log.keyedRecords() == before)
        fixture.log.settings.isCompacted = true
        #expect(try fixture.compact().count == 1)
    }

    /// What a round made does not go in when the log is not what it was.
    @Test(arguments: ["first segment deleted", "log closed", "given up", "directory failed"])
    func nothingIsReplacedInAnotherLog(_ what: String) throws {
        var fixture = try Fixture(.compacted(segmentBytes: 100_000))
        try fixture.append(0..<8, value: "first")
        try fixture.seal()
        for _ in 0..<4 { try fixture.append(0..<8, value: "more") }
        try fixture.seal()
        let cleaner = fixture.cleaner.cleaner
        fixture.logs.onReplace = { log in
            switch what {
            case "first segment deleted":
                try? log.advanceLogStart(to: 8)
                try? log.discard([log.segments[0]], nowMs: 1_000)
            case "log closed": try? log.close()
            case "given up": cleaner.stop()
            default: log.health.fail(.failed(path: "test"))
            }
        }
        let outcome = try cleaner.compactDirtiest(of: fixture.logs)
        if what == "given up" {
            // It came too late for this segment, which is in place as a whole.
            guard case .compacted = outcome else {
                Issue.record("\(outcome)")
                return
            }
        } else {
            #expect(
                outcome == .postponed(fixture.log.topicPartition, .cancelled(path: "/data/t-0")))
            #expect(try fixture.log.keyedRecords().count { $0.key == "key 0" } >= 4)
        }
        #expect(try !fixture.files().contains { $0.hasSuffix(".swap") || $0.hasSuffix(".cleaned") })
    }

    /// Does something when a file is synced.
    private final class SyncHook: @unchecked Sendable {
        var action: () -> Void = {}
    }

    @Test func itLeavesNothingWhereItIsEndedBehindTheLastBatch() throws {
        let hook = SyncHook()
        let fixture = try Fixture(disk: SimulatedDisk(seed: 1, onSync: { hook.action() }))
        for _ in 0..<5 { try fixture.append(0..<8, value: "v") }
        try fixture.seal()
        let cleaner = fixture.cleaner.cleaner
        hook.action = {
            let names = (try? fixture.files()) ?? []
            if names.contains(where: { $0.hasSuffix(".index.cleaned") }) { cleaner.stop() }
        }
        let outcome = try cleaner.compactDirtiest(of: fixture.logs)
        #expect(outcome == .postponed(fixture.log.topicPartition, .cancelled(path: "/data/t-0")))
        #expect(try !fixture.files().contains { $0.hasSuffix(".swap") || $0.hasSuffix(".cleaned") })
        #expect(try fixture.log.keyedRecords().count == 40)
    }

    @Test func itEndsBetweenBatches() throws {
        let fixture = try Fixture { $0.bytesPerSecond = 2_000 }
        for _ in 0..<50 { try fixture.append(0..<8, value: "v") }
        try fixture.seal()
        let cleaner = fixture.cleaner.cleaner
        let ender = WorkerThread {
            WorkerThread.sleep(milliseconds: 50)
            cleaner.stop()
        }
        let outcome = try cleaner.compactDirtiest(of: fixture.logs)
        ender.join()
        #expect(outcome == .postponed(fixture.log.topicPartition, .cancelled(path: "/data/t-0")))
        #expect(try cleaner.compactDirtiest(of: fixture.logs) == .nothingToDo)
        #expect(try !fixture.files().contains { $0.hasSuffix(".cleaned") })
    }

    @Test func aForgottenLogBeginsAnew() throws {
        let fixture = try Fixture()
        try fixture.append(0..<8, value: "v")
        try fixture.seal()
        try fixture.compact()
        let path = "/data/" + OffsetCheckpoint.cleaner
        #expect(
            String(decoding: try #require(try fixture.disk.content(of: path)), as: UTF8.self)
                == "0\n1\nt 0 8\n")
        try fixture.cleaner.cleaner.forget(fixture.log.topicPartition)
        #expect(
            String(decoding: try #require(try fixture.disk.content(of: path)), as: UTF8.self)
                == "0\n0\n")
        #expect(fixture.cleaner.cleaner.checkpoint(of: fixture.log.topicPartition) == nil)
    }

    @Test func theCheckpointIsReadAndKept() throws {
        let fixture = try Fixture()
        let known = TopicPartition(topic: "t", partition: 0)
        try OffsetCheckpoint(
            disk: fixture.disk, directory: "/data", name: OffsetCheckpoint.cleaner
        ).write([known: 3, TopicPartition(topic: "gone", partition: 1): 9])
        let cleaner = try LogCleaner(fixture.directory, partitions: [known])
        #expect(cleaner.checkpoint(of: known) == 3)
        #expect(
            try fixture.directory.checkpoints.readCleaned() == [known: 3])
    }

    @Test func aLogThatCannotBeReadIsLeftOut() throws {
        let fixture = try Fixture()
        try fixture.append(0..<8, value: "first")
        try fixture.append(0..<8, value: "second")
        try fixture.seal()
        fixture.disk.flipBit(fixture.log.segments[0].path(.log), byte: 100, bit: 3)
        let before = fixture.log.sizeBytes
        let outcome = try fixture.cleaner.cleaner.compactDirtiest(of: fixture.logs)
        guard case .leftOut(fixture.log.topicPartition, .corrupt) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(fixture.log.sizeBytes == before)
        #expect(try fixture.cleaner.cleaner.compactDirtiest(of: fixture.logs) == .nothingToDo)
        #expect(try !fixture.files().contains { $0.hasSuffix(".cleaned") })
    }

    @Test func aFullDiskIsTriedAgain() throws {
        let fixture = try Fixture()
        for _ in 0..<20 { try fixture.append(0..<8, value: "v") }
        try fixture.seal()
        fixture.disk.freeBytes = 10
        guard
            case .postponed(_, .noSpace) = try fixture.cleaner.cleaner.compactDirtiest(
                of: fixture.logs)
        else {
            Issue.record("not postponed")
            return
        }
        #expect(!fixture.log.isFailed)
        fixture.disk.freeBytes = nil
        #expect(try fixture.compact().count == 1)
        #expect(try fixture.log.keyedRecords().count == 8)
    }

    /// The dirtiest log comes first.
    @Test func theDirtiestFirst() throws {
        var fixture = try Fixture()
        let other = try fixture.directory.createLog(
            TopicPartition(topic: "u", partition: 0), topicID: .random(), settings: .compacted())
        fixture.logs.logs.append(other)
        try fixture.append(0..<8, value: "v")
        try fixture.seal()
        try fixture.compact()
        try fixture.append(0..<4, value: "v")
        try fixture.seal()
        try other.append(TestBatch(keyed: [("k", "v")]))
        try other.roll(nowMs: 1_000)
        try other.flush()
        #expect(try fixture.compact().map(\.topicPartition.topic) == ["u", "t"])
    }

    @Test func replacedFilesStayForAWhile() throws {
        let fixture = try Fixture()
        let log = fixture.log
        for _ in 0..<20 { try fixture.append(0..<8, value: "v") }
        try fixture.seal()
        // A read that is under way goes on in the old file.
        let read = try log.read(from: 0, maxBytes: 1 << 20, upTo: .max, atLeastOneBatch: true)
        let search = log.timestampSearch()
        #expect(!search.isStale)
        try fixture.compact()
        #expect(search.isStale && !log.timestampSearch().isStale)
        #expect(try decode(read.bytes()).records.first?.offset == 0)
        #expect(try fixture.files().contains { $0.hasSuffix(".deleted") })
        let count = try fixture.files().count { $0.hasSuffix(".deleted") }
        #expect(log.removals.count == count)
        #expect(log.removals.removeDue(nowMs: 61_001).isEmpty)
        #expect(try !fixture.files().contains { $0.hasSuffix(".deleted") })
        #expect(try log.timestampSearch().first(atOrAfter: 0)?.offset == 152)
    }
}
