internal import KafkaRecords

/// Finds records by time in a log as it was when this was taken. A value for any thread; its calls
/// read and decompress, so they block. A segment that is deleted meanwhile is passed over.
public struct TimestampSearch: Sendable {
    /// A record that was found.
    public struct Found: Sendable, Equatable {
        public var offset: Int64
        /// Ms since the epoch.
        public var timestamp: Int64
        /// Of the batch, -1 for none.
        public var leaderEpoch: Int32
    }

    /// What is needed of a segment.
    struct View: Sendable {
        let baseOffset: Int64
        let sizeBytes: Int
        let maxTimestamp: Int64
        let log: String
        let offsetIndex: String
        let offsetCount: Int
        let timeIndex: String
        let timeCount: Int
    }

    let disk: any Disk
    let logStartOffset: Int64
    let views: [View]
    let generation: LogGeneration
    let generationBefore: Int

    /// Whether segments were replaced by compacted ones since this was taken: then what it found,
    /// or threw, may be wrong, and another one has to be asked.
    public var isStale: Bool { generation.current != generationBefore }

    /// The first record at or above the log start whose timestamp is at or above `timestamp` (ms);
    /// nil without any.
    ///
    /// - Parameter endOffset: records from here on are not looked at.
    /// - Throws: `io`; `corrupt` where a batch cannot be read.
    public func first(
        atOrAfter timestamp: Int64, upTo endOffset: Int64 = .max
    ) throws(LogError) -> Found? {
        for view in views where view.maxTimestamp >= timestamp && view.baseOffset < endOffset {
            do throws(LogError) {
                if let found = try search(view, timestamp), found.offset < endOffset {
                    return found
                }
            } catch {
                guard error.isNotFound else { throw error }
            }
        }
        return nil
    }

    /// The first of the records with the largest timestamp; nil where none has any (KIP-734).
    ///
    /// - Throws: as `first`.
    public func maxTimestamp() throws(LogError) -> Found? {
        guard let largest = views.map(\.maxTimestamp).max(), largest >= 0 else { return nil }
        return try first(atOrAfter: largest)
    }

    private func search(_ view: View, _ timestamp: Int64) throws(LogError) -> Found? {
        let file = try disk.open(view.log, .read)
        let start = try startPosition(view, before: timestamp)
        let found = try withUnsafeTemporaryAllocation(
            byteCount: BatchScanner.blockBytes, alignment: 8
        ) { (buffer) throws(LogError) -> Found? in
            var scanner = BatchScanner(file, from: start, to: view.sizeBytes, buffer: buffer)
            var reader = RecordBatchReader()
            while let frame = try scanner.next() {
                guard frame.maxTimestamp >= timestamp, frame.lastOffset >= logStartOffset,
                    let found = try search(file, frame, timestamp, &reader)
                else { continue }
                return found
            }
            return nil
        }
        return found
    }

    /// A place with only earlier records in front: up to an entry of the time index all are at
    /// most as late as it says.
    private func startPosition(
        _ view: View, before timestamp: Int64
    ) throws(LogError) -> Int {
        guard view.timeCount > 0, view.offsetCount > 0 else { return 0 }
        let times = IndexReader<TimeIndexEntry>(
            file: try disk.open(view.timeIndex, .read), count: view.timeCount)
        guard let time = try times.last(where: { $0.timestamp < timestamp }) else { return 0 }
        let offsets = IndexReader<OffsetIndexEntry>(
            file: try disk.open(view.offsetIndex, .read), count: view.offsetCount)
        let found = try offsets.last { $0.relativeOffset <= time.entry.relativeOffset }
        return Int(found?.entry.position ?? 0)
    }

    /// The first record of a batch that is late enough.
    private func search(
        _ file: any DiskFile, _ frame: BatchFrame, _ timestamp: Int64,
        _ reader: inout RecordBatchReader
    ) throws(LogError) -> Found? {
        var found: Found?
        let start = logStartOffset
        var buffer = ScanBuffer(capacity: frame.sizeBytes)
        let batch = try buffer.load(
            file, at: frame.position, count: frame.sizeBytes, limit: frame.end)
        do throws(RecordsError) {
            try reader.forEachRecord(in: batch) { record in
                guard record.timestamp >= timestamp, record.offset >= start else {
                    return .continue
                }
                found = Found(
                    offset: record.offset, timestamp: record.timestamp,
                    leaderEpoch: frame.leaderEpoch)
                return .stop
            }
        } catch {
            throw .corrupt(path: file.path, position: frame.position, reason: error.description)
        }
        return found
    }
}

extension PartitionLog {
    /// A snapshot to search by time on another thread.
    public func timestampSearch() -> TimestampSearch {
        TimestampSearch(
            disk: disk, logStartOffset: logStartOffset,
            views: segments.map { segment in
                TimestampSearch.View(
                    baseOffset: segment.baseOffset, sizeBytes: segment.sizeBytes,
                    maxTimestamp: segment.maxTimestamp, log: segment.path(.log),
                    offsetIndex: segment.path(.index), offsetCount: segment.offsetIndex.count,
                    timeIndex: segment.path(.timeindex), timeCount: segment.timeIndex.count)
            }, generation: generation, generationBefore: generation.current)
    }
}
