internal import KafkaBase
internal import KafkaRecords

/// One round of compaction of one log (Kafka's `Cleaner`): notes the latest offset of each key of
/// the dirty part, as many as fit, then copies the segments up to there, without what is out of
/// date, into new ones that take their place.
///
/// Used once, on a thread that may block. Memory: the offset map, two buffers, and a batch twice.
struct CompactionRound {
    let view: CompactionView
    let range: CleanableRange
    let memory: CompactionMemory
    let pace: CompactionPace
    let cancellation: CancelFlag
    /// When the round began, ms since 1970.
    let nowMs: Int64
    /// Puts a segment into the log, on the log's thread; false when the log has changed. After an
    /// error the segment's files must stay.
    let replace: (CleanedSegment) throws(LogError) -> Bool

    private var disk: any Disk { view.disk }

    /// - Throws: `cancelled` when asked to end, or when the log has changed; what was replaced
    ///   until then stays. `corrupt` for a log that cannot be compacted; `io`, `noSpace`.
    func run() throws(LogError) -> CompactionResult {
        let transactions = try AbortedTransactionFiles(view)
        var map = OffsetMap(
            maxBytes: memory.mapBytes, loadFactor: memory.mapLoadFactor,
            keysAtMost: Int(range.endOffset - range.firstDirtyOffset))
        try fill(&map, transactions)
        try makeDurable()
        var result = CompactionResult(
            topicPartition: view.topicPartition, firstDirtyOffset: range.firstDirtyOffset,
            endOffset: map.latestOffset + 1)
        let segments = view.segments.prefix { $0.baseOffset < result.endOffset }
        let groups = SegmentGroups.make(
            of: segments, endOffset: range.endOffset, settings: view.settings)
        var walk = CompactionWalk(
            rules: CompactionRules(
                nowMs: nowMs, deleteRetentionMs: view.settings.deleteRetentionMs,
                endOffset: range.endOffset, producers: view.producers))
        for group in groups { try clean(group, map, transactions, &walk, &result) }
        result.durationMs = max(0, KafkaClock.system.nowMs - nowMs)
        return result
    }

    // MARK: The map

    /// Stops where the map is full, which may be inside of a batch (Kafka's
    /// `Cleaner.buildOffsetMap`).
    private func fill(
        _ map: inout OffsetMap, _ files: AbortedTransactionFiles
    ) throws(LogError) {
        var transactions = CleanedTransactions()
        transactions.add(try files.overlapping(range.firstDirtyOffset..<range.endOffset))
        var records = RecordBatchReader()
        let first = view.index(of: range.firstDirtyOffset)
        for index in first..<view.index(of: range.endOffset) {
            let segment = view.segments[index]
            let file = try disk.open(view.path(segment, .log), .read)
            var batches = BatchStream(
                file, from: try startPosition(in: segment), to: segment.sizeBytes,
                bufferBytes: memory.bufferBytes)
            while let batch = try batches.next() {
                try pace.spend(batch.bytes.count, cancellation)
                guard try note(batch, in: &map, &transactions, &records, file.path) else { return }
            }
            // Also over offsets that an earlier round has taken out.
            map.advance(to: view.segments[index + 1].baseOffset - 1)
        }
    }

    /// Where the first batch begins that may reach the dirty part.
    private func startPosition(
        in segment: CompactionView.SegmentView
    ) throws(LogError) -> Int {
        let relative = range.firstDirtyOffset - segment.baseOffset
        guard relative > 0, segment.offsetEntries > 0 else { return 0 }
        let entries = IndexReader<OffsetIndexEntry>(
            file: try disk.open(view.path(segment, .index), .read), count: segment.offsetEntries)
        return Int(try entries.last { $0.relativeOffset <= relative }?.entry.position ?? 0)
    }

    /// - Returns: false when the map is full.
    private func note(
        _ batch: BatchStream.Batch, in map: inout OffsetMap,
        _ transactions: inout CleanedTransactions, _ reader: inout RecordBatchReader, _ path: String
    ) throws(LogError) -> Bool {
        let header = batch.header
        if header.attributes.isControl {
            _ = transactions.readControl(header, EndTransactionMarker(batch: batch.bytes))
        } else if !transactions.readData(header) {
            var isFull = false
            do throws(RecordsError) {
                try reader.forEachRecord(in: batch.bytes) { record in
                    guard let key = record.key, record.offset >= range.firstDirtyOffset else {
                        return .continue
                    }
                    isFull = !map.put(key, offset: record.offset)
                    return isFull ? .stop : .continue
                }
            } catch {
                throw CompactionWalk.corrupt(header, path, error)
            }
            if isFull { return false }
        }
        if header.lastOffset >= range.firstDirtyOffset { map.advance(to: header.lastOffset) }
        return true
    }

    /// A value must not go before the one that has taken its place is safe, and the marker that
    /// makes it count.
    private func makeDurable() throws(LogError) {
        guard view.flushedOffset < view.logEndOffset else { return }
        for segment in view.segments[view.index(of: view.flushedOffset)...] {
            let file = try disk.open(view.path(segment, .log), .read)
            do throws(LogError) {
                try file.sync()
            } catch {
                view.health.fail(error)
                throw error
            }
        }
    }

    // MARK: The segments

    private func clean(
        _ group: [CompactionView.SegmentView], _ map: borrowing OffsetMap,
        _ transactions: AbortedTransactionFiles, _ walk: inout CompactionWalk,
        _ result: inout CompactionResult
    ) throws(LogError) {
        let target = CleanedSegment(directory: view.directory, sources: group)
        let cleaned: CleanedSegment
        do throws(LogError) {
            walk.hasChanged = false
            var writer = try CleanedSegmentWriter(
                target, disk: disk, bufferBytes: memory.bufferBytes)
            for segment in group {
                let next = view.segments[view.index(of: segment.baseOffset) + 1].baseOffset
                walk.transactions.add(try transactions.overlapping(segment.baseOffset..<next))
                try copy(segment, into: &writer, map, &walk)
                result.segmentsRead += 1
                result.bytesRead += segment.sizeBytes
            }
            cleaned = try writer.finish(indexIntervalBytes: view.settings.indexIntervalBytes)
        } catch {
            CleanedSegmentWriter.remove(target, disk: disk)
            throw error
        }
        result.segmentsWritten += 1
        result.bytesWritten += cleaned.sizeBytes
        result.recordsRead = walk.recordsRead
        result.recordsKept = walk.recordsKept
        try swap(cleaned, isNeeded: walk.hasChanged || group.count > 1)
    }

    private func copy(
        _ segment: CompactionView.SegmentView, into writer: inout CleanedSegmentWriter,
        _ map: borrowing OffsetMap, _ walk: inout CompactionWalk
    ) throws(LogError) {
        let file = try disk.open(view.path(segment, .log), .read)
        var batches = BatchStream(
            file, from: 0, to: segment.sizeBytes, bufferBytes: memory.bufferBytes)
        while let batch = try batches.next() {
            let written = try walk.copy(batch, into: &writer, map, file.path)
            try pace.spend(batch.bytes.count + written, cancellation)
        }
    }

    private func swap(_ cleaned: CleanedSegment, isNeeded: Bool) throws(LogError) {
        guard isNeeded, try replace(cleaned) else {
            CleanedSegmentWriter.remove(cleaned, disk: disk)
            if isNeeded { throw .cancelled(path: view.directory) }
            return
        }
        do throws(LogError) {
            try disk.syncDirectory(view.directory)
        } catch {
            // Deleted meanwhile: then there is nothing that would have to stay.
            if error.isNotFound { throw .cancelled(path: view.directory) }
            view.health.fail(error)
            throw error
        }
    }
}

/// What a round may use at a time, in bytes.
struct CompactionMemory: Sendable {
    var mapBytes: Int
    /// Share of the map that may be filled.
    var mapLoadFactor: Double
    /// For reading, and for writing.
    var bufferBytes: Int
}
