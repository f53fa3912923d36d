internal import KafkaRecords

/// One segment of a partition's log: the `.log` file and its indexes (Kafka's `LogSegment`).
///
/// Owned by its `PartitionLog` and used on that owner's thread. Descriptors are opened when first
/// needed; `releaseFiles` lets them go, and what is being sent from keeps its own reference.
final class Segment {
    let baseOffset: Int64
    let disk: any Disk
    /// The partition's directory.
    let directory: String
    /// Valid bytes of the `.log` file.
    private(set) var sizeBytes: Int
    var offsetIndex: IndexFile<OffsetIndexEntry>
    var timeIndex: IndexFile<TimeIndexEntry>
    var transactionIndex: TransactionIndex
    /// Largest timestamp of the records, -1 without any.
    private(set) var maxTimestamp: Int64
    /// Last offset of the first batch that has it.
    private(set) var maxTimestampOffset: Int64
    /// Largest timestamp of the first append, from which `segment.ms` counts; nil until known.
    private var firstTimestamp: Int64?
    /// By the clock: when its files were made, or found.
    let createdMs: Int64
    /// Taken off `segment.ms`.
    private var rollJitterMs: Int64 = 0
    private var bytesSinceIndexEntry = 0
    /// Whether the disk may lack entries of the indexes; not after a look that found them good.
    private(set) var hasNewIndexEntries = true
    private var log: (any DiskFile)?

    /// A segment whose files exist.
    ///
    /// - Parameter transactionIndex: nil where there is no file.
    init(
        disk: any Disk, directory: String, baseOffset: Int64, sizeBytes: Int,
        offsetIndex: IndexFile<OffsetIndexEntry>, timeIndex: IndexFile<TimeIndexEntry>,
        transactionIndex: TransactionIndex? = nil, maxTimestamp: Int64, maxTimestampOffset: Int64,
        nowMs: Int64
    ) {
        self.disk = disk
        self.directory = directory
        self.baseOffset = baseOffset
        self.sizeBytes = sizeBytes
        self.offsetIndex = offsetIndex
        self.timeIndex = timeIndex
        self.transactionIndex =
            transactionIndex
            ?? TransactionIndex(
                disk: disk, path: SegmentFileName(baseOffset, .txnindex).path(in: directory),
                count: 0)
        self.maxTimestamp = maxTimestamp
        self.maxTimestampOffset = maxTimestampOffset
        createdMs = nowMs
    }

    /// Makes an empty segment. Nothing of it stays when it throws. Durable after the directory is
    /// synced.
    static func create(
        disk: any Disk, directory: String, baseOffset: Int64, settings: LogSettings, nowMs: Int64
    ) throws(LogError) -> Segment {
        do throws(LogError) {
            let log = try disk.open(SegmentFileName(baseOffset, .log).path(in: directory), .create)
            try log.truncate(to: 0)
            let segment = Segment(
                disk: disk, directory: directory, baseOffset: baseOffset, sizeBytes: 0,
                offsetIndex: try .create(
                    disk: disk, path: SegmentFileName(baseOffset, .index).path(in: directory),
                    maxBytes: settings.indexSizeMaxBytes),
                timeIndex: try .create(
                    disk: disk, path: SegmentFileName(baseOffset, .timeindex).path(in: directory),
                    maxBytes: settings.indexSizeMaxBytes),
                maxTimestamp: -1, maxTimestampOffset: baseOffset, nowMs: nowMs)
            segment.log = log
            segment.drawRollJitter(settings)
            return segment
        } catch {
            for kind in [SegmentFileName.Kind.log, .index, .timeindex] {
                try? disk.removeFile(SegmentFileName(baseOffset, kind).path(in: directory))
            }
            throw error
        }
    }

    func path(_ kind: SegmentFileName.Kind) -> String {
        SegmentFileName(baseOffset, kind).path(in: directory)
    }

    // MARK: Files

    var isLogOpen: Bool { log != nil }

    /// The open `.log` file.
    func logFile() throws(LogError) -> any DiskFile {
        if let log { return log }
        let opened = try disk.open(path(.log), .readWrite)
        log = opened
        return opened
    }

    func releaseFiles() {
        log = nil
        releaseIndexes()
    }

    func releaseIndexes() {
        offsetIndex.close()
        timeIndex.close()
    }

    /// Opens what `write` and `didAppend` will need, so that they fail only where the disk does.
    func openForAppend(settings: LogSettings) throws(LogError) {
        _ = try logFile()
        if bytesSinceIndexEntry > settings.indexIntervalBytes { try openIndexes() }
    }

    func openIndexes() throws(LogError) {
        _ = try offsetIndex.opened()
        _ = try timeIndex.opened()
    }

    // MARK: Appending

    /// Whether these records must go into a new segment.
    ///
    /// Time counts by the records' timestamps, from the first batch on (Kafka's
    /// `LogSegment.shouldRoll`), and by the clock only where records have none.
    func shouldRoll(
        forBytes bytes: Int, maxTimestamp: Int64, lastOffset: Int64, nowMs: Int64,
        settings: LogSettings
    ) throws(LogError) -> Bool {
        let limit = min(settings.segmentBytes, Int(Int32.max))
        if sizeBytes > limit - bytes { return sizeBytes > 0 }
        if lastOffset - baseOffset > Int64(Int32.max) { return true }
        guard sizeBytes > 0 else { return false }
        let indexBytes = settings.indexSizeMaxBytes
        if offsetIndex.count >= IndexFile<OffsetIndexEntry>.capacity(maxBytes: indexBytes)
            // The last slot is kept for the entry that the roll adds.
            || timeIndex.count >= IndexFile<TimeIndexEntry>.capacity(maxBytes: indexBytes) - 1
        {
            return true
        }
        let first = try firstBatchTimestamp()
        let waitedMs = first >= 0 ? maxTimestamp - first : nowMs - createdMs
        return waitedMs > settings.longestSegmentMs - rollJitterMs
    }

    /// Chooses what is taken off `segment.ms`, of each segment that becomes active once.
    func drawRollJitter(_ settings: LogSettings) {
        let bound = min(settings.segmentJitterMs, settings.segmentMs)
        rollJitterMs = bound > 0 ? Int64.random(in: 0..<bound) : 0
    }

    /// Largest timestamp of the records; where they have none, when the segment was made or opened.
    var largestTimestamp: Int64 { maxTimestamp >= 0 ? maxTimestamp : createdMs }

    private func firstBatchTimestamp() throws(LogError) -> Int64 {
        if let firstTimestamp { return firstTimestamp }
        let frame = try BatchScanner.frame(at: 0, of: try logFile(), sizeBytes: sizeBytes)
        let first = frame?.maxTimestamp ?? -1
        firstTimestamp = first
        return first
    }

    /// Writes one append at the end of the file. After an error the file may hold part of it;
    /// `restoreEnd` cuts that off.
    func write(
        _ parts: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws(LogError) {
        try logFile().write(parts, at: sizeBytes)
    }

    /// Cuts off what a failed write may have left.
    func restoreEnd() throws(LogError) {
        try logFile().truncate(to: sizeBytes)
    }

    /// Takes what `write` has written into account, and adds entries to the indexes where it is
    /// time for them. When that fails the segment counts as if nothing had been written.
    func didAppend(
        bytes: Int, lastOffset: Int64, maxTimestamp: Int64, maxTimestampOffset: Int64,
        settings: LogSettings
    ) throws(LogError) {
        let before = (self.maxTimestamp, self.maxTimestampOffset)
        note(timestamp: maxTimestamp, offset: maxTimestampOffset)
        if bytesSinceIndexEntry > settings.indexIntervalBytes {
            do throws(LogError) {
                try addIndexEntries(
                    lastOffset: lastOffset, position: sizeBytes,
                    maxBytes: settings.indexSizeMaxBytes)
            } catch {
                (self.maxTimestamp, self.maxTimestampOffset) = before
                throw error
            }
            bytesSinceIndexEntry = 0
        }
        if sizeBytes == 0 { firstTimestamp = maxTimestamp }
        hasNewIndexEntries = true
        bytesSinceIndexEntry += bytes
        sizeBytes += bytes
    }

    /// The indexes lie on the disk as a clean stop left them.
    func indexesAreGood() { hasNewIndexEntries = false }

    /// Keeps the largest timestamp.
    func note(timestamp: Int64, offset: Int64) {
        guard timestamp > maxTimestamp else { return }
        maxTimestamp = timestamp
        maxTimestampOffset = offset
    }

    private func addIndexEntries(
        lastOffset: Int64, position: Int, maxBytes: Int
    ) throws(LogError) {
        do throws(LogError) {
            try addTimeEntry(maxBytes: maxBytes)
            try offsetIndex.append(
                OffsetIndexEntry(
                    relativeOffset: Int32(lastOffset - baseOffset), position: Int32(position)),
                maxBytes: maxBytes)
        } catch .noSpace {
            // The indexes may be sparser than they should: the records themselves are written.
        }
    }

    /// Notes the largest timestamp so far, unless the last entry does.
    private func addTimeEntry(maxBytes: Int) throws(LogError) {
        guard maxTimestamp > timeIndex.last?.timestamp ?? -1,
            let relative = Int32(exactly: maxTimestampOffset - baseOffset)
        else { return }
        try timeIndex.append(
            TimeIndexEntry(timestamp: maxTimestamp, relativeOffset: relative), maxBytes: maxBytes)
    }

    /// Adds the last entry of the time index, from which the next start knows the segment's largest
    /// timestamp; done when the segment rolls and when the log closes.
    func completeTimeIndex(settings: LogSettings) throws(LogError) {
        try addTimeEntry(maxBytes: settings.indexSizeMaxBytes)
    }

    /// Cuts the indexes to what they hold.
    func trimIndexes() throws(LogError) {
        try offsetIndex.trim()
        try timeIndex.trim()
    }
}
