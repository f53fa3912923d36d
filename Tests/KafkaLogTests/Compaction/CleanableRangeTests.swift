import KafkaBase
import TestSupport
import Testing

@testable import KafkaLog

@Suite struct CleanableRangeTests {
    private typealias SegmentView = CompactionView.SegmentView

    /// Sealed segments of 10 offsets and 100 bytes each from 0 on, and an active one.
    private func view(
        sealed: Int = 5, settings: LogSettings = .compacted(), logStart: Int64 = 0,
        stable: Int64 = 1_000,
        timestamps: [Int64] = [10, 20, 30, 40, 50, 60]
    ) -> CompactionView {
        CompactionView(
            topicPartition: TopicPartition(topic: "t", partition: 0), directory: "/t-0",
            settings: settings, logStartOffset: logStart, logEndOffset: Int64(sealed) * 10 + 5,
            flushedOffset: 0, lastStableOffset: stable, producers: ProducerStates(),
            segments: (0...sealed).map {
                SegmentView(
                    baseOffset: Int64($0) * 10, sizeBytes: 100, offsetEntries: 1, timeEntries: 1,
                    largestTimestamp: timestamps[$0])
            }, disk: SimulatedDisk(seed: 0), health: DirectoryHealth(path: "/"))
    }

    private func range(
        _ view: CompactionView, _ checkpoint: Int64? = nil, nowMs: Int64 = 1_000
    ) throws -> CleanableRange {
        try CleanableRange(view, checkpoint: checkpoint, nowMs: nowMs) { segment in
            segment.largestTimestamp - 5
        }
    }

    @Test func everythingBelowTheActiveSegment() throws {
        let range = try range(view())
        #expect(range.firstDirtyOffset == 0 && range.endOffset == 50)
        #expect(range.cleanBytes == 0 && range.dirtyBytes == 500 && range.dirtyRatio == 1)
        #expect(!range.isReset && !range.isOverdue)
    }

    @Test func onlyWhatIsBehindTheCheckpointIsDirty() throws {
        let whole = try range(view(), 30)
        #expect(whole.cleanBytes == 300 && whole.dirtyBytes == 200 && whole.dirtyRatio == 0.4)
        // A segment that the last round has gone half through counts for both.
        let half = try range(view(), 35)
        #expect(half.cleanBytes == 400 && half.dirtyBytes == 200)
        let done = try range(view(), 50)
        #expect(done.dirtyBytes == 0 && done.dirtyRatio == 0 && !done.isReset)
        #expect(!done.isDue(.compacted()))
    }

    @Test(arguments: [(-1, 25, 25), (20, 25, 25), (51, 0, 0), (5_000, 0, 0)])
    func aCheckpointThatDoesNotFitIsReset(_ checkpoint: Int64, _ start: Int64, _ dirty: Int64)
        throws
    {
        let range = try range(view(logStart: start), checkpoint)
        #expect(range.isReset && range.firstDirtyOffset == dirty)
    }

    @Test func openTransactionsStay() throws {
        for (limit, end) in [(50, 50), (49, 40), (40, 40), (39, 30), (5, 0), (0, 0)] {
            let stable = try range(view(stable: Int64(limit)))
            #expect(stable.endOffset == Int64(end), "stable up to \(limit)")
            #expect(stable.dirtyBytes == end * 10)
        }
        // Below what was compacted before there is nothing left to do.
        #expect(try range(view(stable: 15), 40).dirtyBytes == 0)
    }

    @Test func youngRecordsStay() throws {
        var settings = LogSettings.compacted()
        settings.minCompactionLagMs = 970
        // Records from 31 on are too young at 1000.
        #expect(try range(view(settings: settings)).endOffset == 30)
        #expect(try range(view(settings: settings), nowMs: 2_000).endOffset == 50)
        // What was compacted already is not looked at.
        let view = view(settings: settings, timestamps: [10, 999, 20, 20, 40, 60])
        #expect(try range(view).endOffset == 10)
        #expect(try range(view, 20).endOffset == 40)
    }

    @Test func oldRecordsMakeItDue() throws {
        var settings = LogSettings.compacted()
        settings.minCleanableDirtyRatio = 0.9
        #expect(try !range(view(), 30).isDue(settings))
        settings.maxCompactionLagMs = 964
        // The oldest dirty segment begins at 35.
        let late = try range(view(settings: settings), 30)
        #expect(late.isOverdue && late.isDue(settings))
        settings.maxCompactionLagMs = 965
        #expect(try !range(view(settings: settings), 30).isOverdue)
        // Overdue, but nothing of it may be touched.
        settings.maxCompactionLagMs = 1
        #expect(try !range(view(settings: settings, stable: 0), 30).isDue(settings))
    }

    @Test func theRatioMustBeExceeded() throws {
        var settings = LogSettings.compacted()
        settings.minCleanableDirtyRatio = 0.4
        #expect(try !range(view(), 30).isDue(settings))
        #expect(try range(view(), 20).isDue(settings))
    }

    @Test func aLogOfOneSegmentHasNothing() throws {
        let range = try range(view(sealed: 0))
        #expect(range.endOffset == 0 && range.dirtyBytes == 0)
    }
}

@Suite struct SegmentGroupsTests {
    private typealias SegmentView = CompactionView.SegmentView

    private func groups(
        _ sizes: [Int], entries: Int = 1, bases: [Int64]? = nil, segmentBytes: Int = 100,
        end: Int64? = nil
    ) -> [[Int]] {
        var settings = LogSettings.compacted(segmentBytes: segmentBytes)
        settings.indexSizeMaxBytes = 120
        let segments = sizes.enumerated().map { index, size in
            SegmentView(
                baseOffset: bases?[index] ?? Int64(index) * 10, sizeBytes: size,
                offsetEntries: entries, timeEntries: entries, largestTimestamp: 0)
        }
        return SegmentGroups.make(
            of: segments[...], endOffset: end ?? Int64(sizes.count) * 10, settings: settings
        ).map { $0.map(\.sizeBytes) }
    }

    @Test func upToTheSizeOfASegment() {
        #expect(groups([]) == [])
        #expect(groups([40, 60, 1]) == [[40, 60], [1]])
        #expect(groups([40, 61, 39, 200, 10, 0]) == [[40], [61, 39], [200], [10, 0]])
    }

    @Test func upToTheSizeOfAnIndex() {
        // 12 bytes an entry of the time index.
        #expect(groups([1, 1, 1], entries: 5) == [[1, 1], [1]])
        #expect(groups([1, 1, 1], entries: 6) == [[1], [1], [1]])
    }

    @Test func upToTheOffsetsThatAnIndexCanTell() {
        let far = Int64(Int32.max)
        #expect(groups([1, 2, 3], bases: [0, 10, far], end: far + 1) == [[1, 2, 3]])
        #expect(groups([1, 2, 3], bases: [0, 10, far], end: far + 2) == [[1, 2], [3]])
        // What is empty adds no offsets.
        #expect(groups([1, 0], bases: [0, far], end: far + 9) == [[1, 0]])
    }

    @Test func nothingIsLostOrMoved() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let sizes = (0..<20).map { _ in Int.random(in: 0...120, using: &generator) }
            let found = groups(sizes)
            #expect(found.flatMap { $0 } == sizes)
            #expect(found.allSatisfy { $0.count == 1 || $0.reduce(0, +) <= 100 })
        }
    }
}

@Suite struct CompactionRateTests {
    @Test func bytesArePaidForByTime() {
        var rate = CompactionRate(bytesPerSecond: 1_000)
        #expect(rate.spend(500, atMs: 100) == 500)
        #expect(rate.spend(500, atMs: 300) == 800)
        #expect(rate.spend(0, atMs: 5_000) == 0)
        #expect(rate.spend(100, atMs: 5_000) == 100)
        var unlimited = CompactionRate(bytesPerSecond: .infinity)
        #expect(unlimited.spend(1 << 40, atMs: 0) == 0)
        var greatest = CompactionRate(bytesPerSecond: .greatestFiniteMagnitude)
        #expect(greatest.spend(1 << 40, atMs: 7) == 0)
    }

    @Test func anotherRateForgetsWhatIsOwed() {
        var rate = CompactionRate(bytesPerSecond: 1)
        #expect(rate.spend(500, atMs: 100) == 500_000)
        rate.change(bytesPerSecond: 1)
        #expect(rate.changeCount == 0 && rate.spend(1, atMs: 100) == 501_000)
        rate.change(bytesPerSecond: 1_000)
        #expect(rate.changeCount == 1 && rate.spend(500, atMs: 100) == 500)
    }

    @Test func aLongWaitEndsWhenTheRateChanges() throws {
        let pace = CompactionPace(bytesPerSecond: 1)
        let changer = WorkerThread {
            WorkerThread.sleep(milliseconds: 20)
            pace.change(bytesPerSecond: .infinity)
        }
        try pace.spend(1_000, CancelFlag(path: "/t-0"))
        changer.join()
    }

    @Test func aLongWaitEndsWhenItIsGivenUp() {
        let pace = CompactionPace(bytesPerSecond: 1)
        let flag = CancelFlag(path: "/t-0")
        let ender = WorkerThread {
            WorkerThread.sleep(milliseconds: 20)
            flag.cancel()
        }
        #expect(throws: LogError.cancelled(path: "/t-0")) { try pace.spend(1_000, flag) }
        ender.join()
    }
}
