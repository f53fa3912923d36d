/// Writes the files of a compacted segment: first under `.cleaned` names, which a start removes,
/// and when all is durable under `.swap` names, whose work a start completes.
///
/// Owns its buffer. Blocks; on the thread that compacts.
struct CleanedSegmentWriter: ~Copyable {
    private let disk: any Disk
    private let file: any DiskFile
    private var segment: CleanedSegment
    private var buffer: UnsafeMutableRawBufferPointer
    private var count = 0
    /// Aborted transactions of which something is left.
    private var aborted: [TransactionIndexEntry] = []

    init(
        _ segment: CleanedSegment, disk: any Disk, bufferBytes: Int
    ) throws(LogError) {
        let file = try disk.open(segment.path(.log, .cleaned), .create)
        try file.truncate(to: 0)
        self.file = file
        self.disk = disk
        self.segment = segment
        buffer = .allocate(byteCount: bufferBytes, alignment: 16)
    }

    deinit { buffer.deallocate() }

    mutating func append(_ batch: UnsafeRawBufferPointer) throws(LogError) {
        if count + batch.count > buffer.count { try writeBuffer() }
        guard batch.count <= buffer.count else {
            try file.write(batch, at: segment.sizeBytes)
            segment.sizeBytes += batch.count
            return
        }
        UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + batch.count])
            .copyMemory(from: batch)
        count += batch.count
    }

    mutating func append(_ transaction: TransactionIndexEntry) { aborted.append(transaction) }

    private mutating func writeBuffer() throws(LogError) {
        guard count > 0 else { return }
        try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: segment.sizeBytes)
        segment.sizeBytes += count
        count = 0
    }

    /// Makes the indexes and makes all durable under the `.swap` names. What was written is read
    /// once more for the indexes, and its checksums with it, before it may replace anything.
    mutating func finish(indexIntervalBytes: Int) throws(LogError) -> CleanedSegment {
        try writeBuffer()
        let scan = SegmentScan(
            file, sizeBytes: segment.sizeBytes, baseOffset: segment.baseOffset,
            indexIntervalBytes: indexIntervalBytes, producers: ProducerStates())
        let result = try scan.run()
        if let problem = result.problem {
            throw .corrupt(path: file.path, position: result.validBytes, reason: problem)
        }
        segment.offsetEntries = result.offsetEntries.count
        segment.lastOffsetEntry = result.offsetEntries.last
        segment.timeEntries = result.timeEntries.count
        segment.lastTimeEntry = result.timeEntries.last
        segment.maxTimestamp = result.maxTimestamp
        segment.maxTimestampOffset = result.maxTimestampOffset
        segment.abortedTransactions = aborted.count
        try file.sync()
        try write(result.offsetEntries.encoded(), .index)
        try write(result.timeEntries.encoded(), .timeindex)
        if !aborted.isEmpty { try write(aborted.encoded(), .txnindex) }
        // Until the last of them is renamed a start takes them for unfinished.
        for kind in segment.kinds.reversed() {
            try disk.rename(segment.path(kind, .cleaned), to: segment.path(kind, .swap))
        }
        try disk.syncDirectory(segment.directory)
        return segment
    }

    private func write(_ bytes: [UInt8], _ kind: SegmentFileName.Kind) throws(LogError) {
        try disk.write(bytes, to: segment.path(kind, .cleaned)).sync()
    }

    /// Removes what there may be of a segment's files that replace nothing. The log goes last: its
    /// indexes alone would be taken for those of the log that it was to replace.
    static func remove(_ segment: CleanedSegment, disk: any Disk) {
        for suffix in [SegmentFileName.Suffix.swap, .cleaned] {
            for kind in [SegmentFileName.Kind.txnindex, .timeindex, .index, .log] {
                try? disk.removeFile(segment.path(kind, suffix))
            }
        }
    }
}
