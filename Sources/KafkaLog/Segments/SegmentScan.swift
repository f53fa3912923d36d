internal import KafkaRecords

/// Reads every byte of a segment's log and tells how far it is good, and what its indexes should
/// hold (Kafka's `LogSegment.recover`).
///
/// Checked of each batch: length, magic, codec, CRC, offsets that rise and lie in the segment. The
/// records inside are not looked at. Kafka looks at length and CRC alone; the CRC covers neither
/// magic nor base offset, so a batch that could not be read later is refused here.
///
/// Owns its buffer. Blocks for as long as the disk takes.
struct SegmentScan: ~Copyable {
    /// What a scan finds.
    struct Result {
        var validBytes = 0
        var offsetEntries: [OffsetIndexEntry] = []
        var timeEntries: [TimeIndexEntry] = []
        var maxTimestamp: Int64 = -1
        var maxTimestampOffset: Int64
        /// The offset behind the last good batch, the segment's base without any.
        var nextOffset: Int64
        /// Where each new leader epoch begins.
        var epochs: [LeaderEpochCache.Entry] = []
        /// Transactions that were aborted in the segment.
        var aborted: [TransactionIndexEntry] = []
        /// As it is behind the last good batch.
        var producers: ProducerStates
        /// What is wrong with the bytes at `validBytes`; nil if all are good.
        var problem: String?
    }

    private static let bufferBytes = 1 << 20

    private let file: any DiskFile
    private let sizeBytes: Int
    private let baseOffset: Int64
    private let indexIntervalBytes: Int
    private var buffer: ScanBuffer
    private var result: Result
    private var lastIndexPosition = 0

    /// - Parameter producers: as it is before the segment.
    init(
        _ file: any DiskFile, sizeBytes: Int, baseOffset: Int64, indexIntervalBytes: Int,
        producers: ProducerStates
    ) {
        self.file = file
        self.sizeBytes = sizeBytes
        self.baseOffset = baseOffset
        self.indexIntervalBytes = indexIntervalBytes
        buffer = ScanBuffer(capacity: min(Self.bufferBytes, max(sizeBytes, 64)))
        result = Result(
            maxTimestampOffset: baseOffset, nextOffset: baseOffset, producers: producers)
    }

    /// - Throws: `io`. A bad batch ends the scan and is told in the result.
    consuming func run() throws(LogError) -> Result {
        while result.validBytes < sizeBytes {
            if let problem = try scanBatch() {
                result.problem = problem
                break
            }
        }
        addTimeEntry()
        return result
    }

    /// Takes the batch at the end of what is valid.
    ///
    /// - Returns: what is wrong with it, nil if nothing is.
    private mutating func scanBatch() throws(LogError) -> String? {
        let position = result.validBytes
        let left = sizeBytes - position
        let header = try buffer.load(
            file, at: position, count: min(left, BatchFrame.headerBytes), limit: sizeBytes)
        let frame: BatchFrame
        do throws(RecordsError) {
            frame = try BatchFrame(header, position: position)
        } catch {
            return error.description
        }
        guard frame.sizeBytes <= left else {
            return "a batch of \(frame.sizeBytes) bytes with \(left) left"
        }
        guard frame.attributes.codec != nil else {
            return RecordsError.unknownCodec(frame.attributes.codecID).description
        }
        guard frame.follows(result.nextOffset) else {
            return "offsets go back: \(frame.baseOffset) to \(frame.lastOffset) where "
                + "\(result.nextOffset) comes next"
        }
        guard frame.fits(segmentAt: baseOffset) else {
            return "offset \(frame.lastOffset) is too far from the segment's base"
        }
        if let problem = try checkCrc(of: frame) { return problem }
        add(frame)
        try replay(frame)
        return nil
    }

    private mutating func checkCrc(of frame: BatchFrame) throws(LogError) -> String? {
        guard frame.magic < 2 || frame.sizeBytes <= buffer.capacity else {
            return try checkLargeCrc(of: frame)
        }
        let batch = try buffer.load(
            file, at: frame.position, count: frame.sizeBytes, limit: sizeBytes)
        do throws(RecordsError) {
            try BatchSummary.verifyCrc(of: batch)
            return nil
        } catch {
            return error.description
        }
    }

    /// Of a batch larger than the buffer, piece by piece: its length may be wrong, so nothing is
    /// allocated for it.
    private mutating func checkLargeCrc(of frame: BatchFrame) throws(LogError) -> String? {
        let header = try buffer.load(
            file, at: frame.position, count: BatchFrame.headerBytes, limit: sizeBytes)
        let stored: UInt32
        do throws(RecordsError) {
            stored = try RecordBatchHeader(header).crc
        } catch {
            return error.description
        }
        var crc: UInt32 = 0
        var position = frame.position + RecordBatchHeader.crcStart
        while position < frame.end {
            let count = min(buffer.capacity, frame.end - position)
            crc = Crc32c.extend(
                crc, with: try buffer.load(file, at: position, count: count, limit: sizeBytes))
            position += count
        }
        return crc == stored
            ? nil : RecordsError.crcMismatch(stored: stored, computed: crc).description
    }

    private mutating func add(_ frame: BatchFrame) {
        if frame.maxTimestamp > result.maxTimestamp {
            result.maxTimestamp = frame.maxTimestamp
            result.maxTimestampOffset = frame.lastOffset
        }
        let relative = frame.lastOffset - baseOffset
        if frame.position - lastIndexPosition > indexIntervalBytes, relative <= Int64(Int32.max),
            frame.position <= Int(Int32.max)
        {
            addTimeEntry()
            result.offsetEntries.append(
                OffsetIndexEntry(
                    relativeOffset: Int32(relative), position: Int32(frame.position)))
            lastIndexPosition = frame.position
        }
        if frame.leaderEpoch >= 0, frame.leaderEpoch > result.epochs.last?.epoch ?? -1 {
            result.epochs.append(
                LeaderEpochCache.Entry(epoch: frame.leaderEpoch, startOffset: frame.baseOffset))
        }
        result.nextOffset = frame.lastOffset + 1
        result.validBytes = frame.end
    }

    /// Brings the producer state up to the batch.
    private mutating func replay(_ frame: BatchFrame) throws(LogError) {
        guard let batch = try buffer.sequencedBatch(of: frame, in: file, limit: sizeBytes),
            let aborted = result.producers.replay(batch)
        else { return }
        result.aborted.append(aborted)
    }

    private mutating func addTimeEntry() {
        let relative = result.maxTimestampOffset - baseOffset
        guard result.maxTimestamp > result.timeEntries.last?.timestamp ?? -1,
            relative <= Int64(Int32.max)
        else { return }
        result.timeEntries.append(
            TimeIndexEntry(timestamp: result.maxTimestamp, relativeOffset: Int32(relative)))
    }
}

/// A window over a file that moves forward.
struct ScanBuffer: ~Copyable {
    private var bytes: UnsafeMutableRawBufferPointer
    private var start = 0
    private var count = 0

    init(capacity: Int) {
        bytes = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { bytes.deallocate() }

    var capacity: Int { bytes.count }

    /// The bytes of a range, read with as much behind it as fits. Valid until the next call. Grows
    /// when the range is larger.
    ///
    /// - Parameter limit: where the file's bytes of interest end.
    /// - Throws: `io`; `corrupt` when the file is shorter than it was.
    mutating func load(
        _ file: any DiskFile, at position: Int, count wanted: Int, limit: Int
    ) throws(LogError) -> UnsafeRawBufferPointer {
        if position < start || position + wanted > start + count {
            if wanted > bytes.count {
                bytes.deallocate()
                bytes = .allocate(byteCount: wanted, alignment: 16)
            }
            start = position
            count = 0
            count = try file.read(
                into: UnsafeMutableRawBufferPointer(
                    rebasing: bytes[..<min(bytes.count, limit - position)]), at: position)
            guard count >= wanted else {
                throw .corrupt(
                    path: file.path, position: position + count, reason: "the file has got shorter")
            }
        }
        let first = position - start
        return UnsafeRawBufferPointer(rebasing: bytes[first..<first + wanted])
    }
}

extension ScanBuffer {
    /// Control batches hold one small record; they are read whole, and larger ones are none.
    private static var maxControlBytes: Int { 64 << 10 }

    /// What the producer state needs of a batch; nil for one without a producer id.
    ///
    /// - Parameter limit: where the file's bytes of interest end.
    /// - Throws: as `load`.
    mutating func sequencedBatch(
        of frame: BatchFrame, in file: any DiskFile, limit: Int
    ) throws(LogError) -> SequencedBatch? {
        guard frame.magic == 2 else { return nil }
        let isWhole = frame.attributes.isControl && frame.sizeBytes <= Self.maxControlBytes
        let bytes = try load(
            file, at: frame.position,
            count: isWhole ? frame.sizeBytes : RecordBatchHeader.byteCount, limit: limit)
        guard let header = try? RecordBatchHeader(bytes), header.producerID >= 0 else { return nil }
        return SequencedBatch(header, baseOffset: header.baseOffset, bytes: isWhole ? bytes : nil)
    }
}
