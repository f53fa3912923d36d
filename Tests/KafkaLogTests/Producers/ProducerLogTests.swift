import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import KafkaLog

@Suite("A partition's log with idempotent and transactional producers")
struct ProducerLogTests {
    private func batch(
        _ sequence: Int32, id: Int64 = 7, count: Int = 1, transactional: Bool = false,
        timestamp: Int64 = 1_000
    ) throws -> TestBatch {
        let values = (0..<count).map { "\(id)-\(Int(sequence) + $0)" }
        return try TestBatch(
            values, timestamps: values.map { _ in timestamp },
            producer: .init(
                id: id, epoch: 0, baseSequence: sequence, isTransactional: transactional))
    }

    private func end(_ log: PartitionLog, id: Int64, commit: Bool) throws {
        let marker = EndTransactionMarker(isCommit: commit, coordinatorEpoch: 0)
        try log.append(TestBatch(marker, producerID: id, epoch: 0), origin: .coordinator)
    }

    @Test func aBatchSentAgainIsAnsweredAndNotWritten() throws {
        let scratch = try TemporaryDirectory()
        let log = try loadLog(scratch.path + "/t-0")
        for sequence in Int32(0)..<3 { try log.append(batch(sequence)) }
        let again = try log.append(batch(1))
        #expect(again.isDuplicate)
        #expect(again.firstOffset == 1 && again.lastOffset == 1)
        #expect(log.logEndOffset == 3)
        #expect(throws: LogError.self) { try log.append(batch(5)) }
        #expect(log.logEndOffset == 3)
        #expect(!log.isFailed)
        try log.append(batch(3))
    }

    /// Over a kill, a clean stop, and with segments rolled in between.
    @Test(arguments: [true, false], [1 << 20, 200])
    func sequencesAreKnownAfterARestart(wasClean: Bool, segmentBytes: Int) throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        let settings = LogSettings(segmentBytes: segmentBytes)
        let log = try loadLog(path, settings: settings)
        for sequence in Int32(0)..<9 { try log.append(batch(sequence)) }
        if wasClean { try log.close() } else { try log.flush() }
        let again = try loadLog(
            path, wasClean: wasClean, recoveryPoint: segmentBytes == 200 ? 5 : 0,
            settings: settings)
        // After a kill all that a client may have had in flight is known; after a stop the log
        // itself tells the last alone.
        for sequence in Int32(wasClean ? 8 : 4)...8 {
            #expect(try again.append(batch(sequence)).duplicate?.firstOffset == Int64(sequence))
        }
        #expect(again.logEndOffset == 9)
        #expect(throws: LogError.self) { try again.append(batch(11)) }
        #expect(try !again.append(batch(9)).isDuplicate)
    }

    @Test func transactionsHoldTheLastStableOffsetBack() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        let log = try loadLog(path)
        try log.append("plain")
        try log.append(batch(0, id: 1, count: 2, transactional: true))
        try log.append(batch(0, id: 2, transactional: true))
        #expect(log.lastStableOffset(upTo: log.logEndOffset) == 1)
        try end(log, id: 1, commit: false)
        #expect(log.lastStableOffset(upTo: log.logEndOffset) == 3)
        #expect(log.lastStableOffset(upTo: 2) == 2)
        try end(log, id: 2, commit: true)
        #expect(log.lastStableOffset(upTo: log.logEndOffset) == 6)
        try log.flush()
        let aborted = TransactionIndexEntry(
            producerID: 1, firstOffset: 1, lastOffset: 4, lastStableOffset: 3)
        for reader in [log, try loadLog(path)] {
            #expect(try reader.abortedTransactions(from: 0, upTo: 6) == [aborted])
            #expect(try reader.abortedTransactions(from: 4, upTo: 5) == [aborted])
            #expect(try reader.abortedTransactions(from: 0, upTo: 1).isEmpty)
            #expect(try reader.abortedTransactions(from: 5, upTo: 6).isEmpty)
            #expect(reader.lastStableOffset(upTo: 6) == 6)
        }
    }

    @Test(arguments: [true, false])
    func anOpenTransactionIsOpenAfterARestart(wasClean: Bool) throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        let log = try loadLog(path)
        try log.append(batch(0, id: 1, transactional: true))
        try log.append("plain")
        if wasClean { try log.close() } else { try log.flush() }
        // However long ago: it cannot be forgotten before it is ended.
        let again = try loadLog(path, wasClean: wasClean, nowMs: 1 << 50)
        #expect(again.lastStableOffset(upTo: 2) == 0)
        try end(again, id: 1, commit: false)
        #expect(again.lastStableOffset(upTo: 3) == 3)
        #expect(try again.abortedTransactions(from: 0, upTo: 3).count == 1)
    }

    /// Aborts that lie in many segments, found by a scan as they were written.
    @Test(arguments: [true, false])
    func recoveryMakesTheTransactionIndexesAnew(isDamaged: Bool) throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        let settings = LogSettings(segmentBytes: 400)
        let log = try loadLog(path, settings: settings)
        for number in 0..<40 {
            let id = Int64(number % 3)
            try log.append(batch(Int32(number / 3), id: id, transactional: true))
            if number % 4 == 3 { try end(log, id: id, commit: number % 8 == 3) }
        }
        try log.flush()
        #expect(log.segmentCount > 5)
        let written = try log.abortedTransactions(from: 0, upTo: log.logEndOffset)
        #expect(written.count > 3)
        let unstable = log.lastStableOffset(upTo: log.logEndOffset)
        for recoveryPoint in [0, log.logEndOffset / 2, log.logEndOffset] {
            if isDamaged {
                for file in try PosixDisk().list(path)
                where file.name.hasSuffix(".txnindex") || file.name.hasSuffix(".snapshot") {
                    try PosixDisk().open(path + "/" + file.name, .readWrite).truncate(to: 7)
                }
            }
            let again = try loadLog(path, recoveryPoint: recoveryPoint, settings: settings)
            #expect(
                try again.abortedTransactions(from: 0, upTo: log.logEndOffset) == written,
                "\(recoveryPoint)")
            #expect(again.lastStableOffset(upTo: log.logEndOffset) == unstable)
        }
    }

    /// A full disk in the middle of an abort: nothing of it has happened.
    @Test func anAbortThatCannotBeWrittenHasNotHappened() throws {
        let disk = SimulatedDisk(seed: 1)
        let log = try loadLog("/t-0", disk: disk)
        try log.append(batch(0, id: 1, transactional: true))
        try log.flush()
        // Room for the marker, none for the entry of the index.
        disk.freeBytes = 90
        #expect(throws: LogError.self) { try end(log, id: 1, commit: false) }
        #expect(log.lastStableOffset(upTo: log.logEndOffset) == 0)
        #expect(try log.abortedTransactions(from: 0, upTo: 9).isEmpty)
        disk.freeBytes = nil
        try end(log, id: 1, commit: false)
        #expect(try log.abortedTransactions(from: 0, upTo: 9).count == 1)
        #expect(log.lastStableOffset(upTo: log.logEndOffset) == 2)
    }

    /// One index of a segment is gone; the transaction began in the one before.
    @Test func anIndexThatIsMadeAnewForgetsNoAbort() throws {
        for suffix in [".index", ".timeindex", ".txnindex"] {
            let scratch = try TemporaryDirectory()
            let path = scratch.path + "/t-0"
            let log = try loadLog(path)
            try log.append(batch(0, id: 1, transactional: true))
            try log.roll(nowMs: 0)
            try end(log, id: 1, commit: false)
            try log.roll(nowMs: 0)
            try log.append("last")
            let written = try log.abortedTransactions(from: 0, upTo: 9)
            #expect(written.count == 1)
            try log.close()
            for file in try PosixDisk().list(path)
            where file.name.hasSuffix(".snapshot") || file.name.hasSuffix("001\(suffix)") {
                let name = path + "/" + file.name
                if suffix == ".txnindex", file.name.hasSuffix(suffix) {
                    try PosixDisk().open(name, .readWrite).truncate(to: 20)
                } else {
                    try PosixDisk().removeFile(name)
                }
            }
            let again = try loadLog(path, wasClean: true)
            #expect(try again.abortedTransactions(from: 0, upTo: 9) == written, "\(suffix)")
        }
    }

    /// One that was written before there were snapshots, or has lost them.
    @Test func withoutSnapshotsTheBatchesTell() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        let log = try loadLog(path)
        try log.append(batch(0, id: 1, transactional: true))
        try log.append("plain")
        try log.close()
        try PosixDisk().removeFile(path + "/00000000000000000002.snapshot")
        let clean = try loadLog(path, wasClean: true)
        #expect(clean.lastStableOffset(upTo: 2) == 0)
        #expect(try clean.append(batch(0, id: 1, transactional: true)).isDuplicate)
    }

    @Test func aDamagedSnapshotGivesWayToAnOlderOne() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        let settings = LogSettings(segmentBytes: 200)
        let log = try loadLog(path, settings: settings)
        for sequence in Int32(0)..<9 { try log.append(batch(sequence)) }
        try log.close()
        let newest = try #require(
            PosixDisk().list(path).map(\.name).filter { $0.hasSuffix(".snapshot") }.max())
        try PosixDisk().open(path + "/" + newest, .readWrite).write([0xFF], at: 12)
        let findings = Findings()
        let again = try loadLog(
            path, wasClean: true, settings: settings, findings: findings)
        #expect(findings.all.map(\.path) == [path + "/" + newest])
        #expect(again.producers.entries[7]?.lastSequence == 8)
    }

    /// Records that are on the disk are acknowledged, whether or not the checkpoint of a new leader
    /// epoch has found room beside them: a recovery reads it from the batches.
    @Test func anEpochThatDoesNotFitIsWrittenLater() throws {
        let disk = SimulatedDisk(seed: 3)
        let log = try loadLog("/t-0", disk: disk)
        try log.append(TestBatch(["first"]), leaderEpoch: 4)
        try log.flush()
        try log.append(TestBatch(["second"]), leaderEpoch: 5)
        disk.freeBytes = 0
        try log.flush()
        #expect(log.flushedOffset == 2 && !log.isFailed)
        #expect(log.checkpoint.recoveryPoint <= 1)
        #expect(throws: LogError.self) { try log.close() }
        disk.crash()
        let again = try loadLog("/t-0", disk: disk, recoveryPoint: log.checkpoint.recoveryPoint)
        #expect(again.leaderEpochs.entries.map(\.epoch) == [4, 5])
        try again.close()
        let clean = try loadLog("/t-0", disk: disk, wasClean: true, recoveryPoint: 2)
        #expect(clean.leaderEpochs.entries.map(\.startOffset) == [0, 1])
    }

    /// The snapshot that a full disk refuses is no reason to refuse records, but one to recover.
    @Test func aSnapshotThatDoesNotFitIsLeftOut() throws {
        let disk = SimulatedDisk(seed: 2)
        let log = try loadLog("/t-0", disk: disk)
        try log.append(batch(0))
        try log.flush()
        try log.roll(nowMs: 0)
        disk.freeBytes = 0
        try log.flush()
        let snapshot = "/t-0/00000000000000000001.snapshot"
        #expect(try disk.fileSize(snapshot) == nil)
        #expect(!log.isFailed)
        #expect(throws: LogError.self) { try log.close() }
        disk.freeBytes = nil
        try log.close()
        #expect(try disk.fileSize(snapshot) == 56)
    }

    @Test func strayAndOutdatedSnapshotsGo() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/t-0"
        let settings = LogSettings(segmentBytes: 200)
        for _ in 0..<4 {
            let log = try loadLog(path, wasClean: true, settings: settings)
            for _ in 0..<3 {
                let last = log.producers.entries[7]?.lastSequence ?? -1
                try log.append(batch(last + 1))
            }
            try log.close()
        }
        let log = try loadLog(path, wasClean: true, settings: settings)
        let snapshots = try PosixDisk().list(path).compactMap { SegmentFileName($0.name) }
            .filter { $0.kind == .snapshot }.map(\.offset)
        let bases = log.segments.map(\.baseOffset).filter { $0 > 0 }
        #expect(snapshots == (bases + [log.logEndOffset]).sorted())
    }
}
