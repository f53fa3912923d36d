internal import KafkaBase

/// Takes records out of v2 batches, as compaction does (Kafka's `MemoryRecords.filterTo`). What is
/// left keeps its offset, sequence, timestamp and codec, and the batch its first and last offset.
///
/// Uses its memory again from batch to batch: the records of one, decompressed, and their new form.
/// One owner at a time.
public struct RecordBatchFilter: ~Copyable {
    public enum Outcome {
        /// Everything stays as it stands.
        case unchanged
        /// The new batch; valid until the next call.
        case rewritten(UnsafeRawBufferPointer)
        /// No record stays.
        case empty
    }

    /// What was asked to stay of a batch.
    private struct Selection {
        var count = 0
        var hasTombstone = false
        var firstTimestamp: Int64 = -1
        var maxTimestamp: Int64 = -1
    }

    /// Memory above this is given back after a batch.
    private static let keptBytes = 4 << 20

    private var reader: RecordBatchReader
    private var plain = ScratchBuffer(capacity: RecordBatchHeader.byteCount)
    private var packed = ScratchBuffer(capacity: RecordBatchHeader.byteCount)
    private var compressor = Compressor(.none)
    /// Whether each record stays, in their order.
    private var isKept: [Bool] = []
    /// Records of the batch that was filtered last, and how many of them stay.
    public private(set) var recordCount = 0
    public private(set) var keptCount = 0

    /// - Parameter maxDecompressedBytes: largest size that one batch may decompress to.
    public init(maxDecompressedBytes: Int = 256 << 20) {
        reader = RecordBatchReader(maxDecompressedBytes: maxDecompressedBytes)
    }

    /// Filters one batch. A batch of which a tombstone stays is given a delete horizon, unless it
    /// has one (KIP-534).
    ///
    /// - Parameters:
    ///   - batch: exactly one v2 batch, whose CRC was checked.
    ///   - deleteHorizonMs: the horizon to be given.
    ///   - needsHorizon: gives one to a batch without a tombstone too.
    ///   - keep: called for each record in its order.
    public mutating func apply(
        to batch: UnsafeRawBufferPointer, deleteHorizonMs: Int64, needsHorizon: Bool = false,
        keep: (RecordView) -> Bool
    ) throws(RecordsError) -> Outcome {
        let header = try RecordBatchHeader(batch)
        try header.validate()
        guard header.sizeBytes == batch.count else {
            throw .truncated(needed: header.sizeBytes, available: batch.count)
        }
        var records = UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.byteCount...])
        if let codec = header.attributes.codec, codec != .none {
            try reader.unpack(records, codec)
            records = reader.unpacked.bytes
        }
        let selection = try select(records, header, keep)
        recordCount = isKept.count
        keptCount = selection.count
        guard selection.count > 0 else { return .empty }
        let getsHorizon =
            (selection.hasTombstone || needsHorizon) && !header.attributes.hasDeleteHorizon
        guard getsHorizon || selection.count < isKept.count else { return .unchanged }
        var new = header
        if getsHorizon {
            new.attributes.rawValue |= RecordBatchAttributes.deleteHorizonBit
            new.baseTimestamp = deleteHorizonMs
        } else if !header.attributes.hasDeleteHorizon {
            new.baseTimestamp = selection.firstTimestamp
        }
        if !header.attributes.isLogAppendTime { new.maxTimestamp = selection.maxTimestamp }
        new.recordCount = Int32(selection.count)
        try copyKept(records, from: header, baseTimestamp: new.baseTimestamp)
        return .rewritten(try finish(new))
    }

    /// A batch without its records, for the sake of its offsets and sequences. Valid until the
    /// next call.
    public mutating func emptied(_ header: RecordBatchHeader) -> UnsafeRawBufferPointer {
        var new = header
        new.attributes.rawValue &=
            ~(RecordBatchAttributes.codecMask | RecordBatchAttributes.deleteHorizonBit)
        new.batchLength = Int32(
            RecordBatchHeader.byteCount - RecordBatchHeader.lengthPrefixByteCount)
        new.baseTimestamp = -1
        new.recordCount = 0
        plain.count = RecordBatchHeader.byteCount
        new.seal(UnsafeMutableRawBufferPointer(start: plain.base, count: plain.count))
        return plain.bytes
    }

    /// Asks for each record, and thereby checks that all are well formed.
    private mutating func select(
        _ records: UnsafeRawBufferPointer, _ header: RecordBatchHeader,
        _ keep: (RecordView) -> Bool
    ) throws(RecordsError) -> Selection {
        isKept.removeAll(keepingCapacity: isKept.capacity <= RecordBatchFilter.keptBytes)
        var selection = Selection()
        var flags = isKept
        isKept = []
        var walk = RecordWalk(header)
        try walk.walk(records, isLast: true) { record in
            let stays = keep(record)
            flags.append(stays)
            guard stays else { return .continue }
            if selection.count == 0 { selection.firstTimestamp = record.timestamp }
            selection.count += 1
            selection.maxTimestamp = max(selection.maxTimestamp, record.timestamp)
            if record.value == nil { selection.hasTombstone = true }
            return .continue
        }
        isKept = flags
        return selection
    }

    /// Copies what stays into `plain`, behind the room for a header. Of a record nothing but its
    /// timestamp's distance from the batch's, and so its length, can change.
    private mutating func copyKept(
        _ records: UnsafeRawBufferPointer, from header: RecordBatchHeader, baseTimestamp: Int64
    ) throws(RecordsError) {
        plain.reset(keeping: RecordBatchFilter.keptBytes)
        plain.count = RecordBatchHeader.byteCount
        guard var cursor = records.baseAddress else { return }
        let end = cursor + records.count
        for (index, stays) in isKept.enumerated() {
            guard let length = Varint.read(&cursor, end: end) else {
                throw .invalidRecord(index: index, reason: "bad length")
            }
            let recordEnd = cursor + Int(length)
            if stays {
                // Behind the attributes, of which none are defined.
                cursor += 1
                guard let delta = Varint.read(&cursor, end: recordEnd) else {
                    throw .invalidRecord(index: index, reason: "bad timestamp")
                }
                let timestamp =
                    header.attributes.isLogAppendTime
                    ? header.maxTimestamp : header.baseTimestamp &+ delta
                copyRecord(
                    UnsafeRawBufferPointer(start: cursor, count: recordEnd - cursor),
                    timestampDelta: timestamp &- baseTimestamp)
            }
            cursor = recordEnd
        }
    }

    /// - Parameter rest: from the offset's delta on.
    private mutating func copyRecord(_ rest: UnsafeRawBufferPointer, timestampDelta: Int64) {
        let bodyCount = 1 + Varint.byteCount(timestampDelta) + rest.count
        plain.reserve(bodyCount + Varint.maxByteCount64)
        var cursor = plain.end
        Varint.write(Int64(bodyCount), to: &cursor)
        cursor.storeBytes(of: 0, as: UInt8.self)
        cursor += 1
        Varint.write(timestampDelta, to: &cursor)
        plain.count = cursor - plain.base
        plain.append(rest)
    }

    /// Compresses what `plain` holds, and puts the header in front.
    private mutating func finish(
        _ header: RecordBatchHeader
    ) throws(RecordsError) -> UnsafeRawBufferPointer {
        let codec = header.attributes.codec ?? .none
        guard codec != .none else { return try seal(header, plain.base, plain.count) }
        if compressor.compression.codec != codec {
            compressor = Compressor(Compression(codec: codec) ?? .none)
        }
        packed.reset(keeping: RecordBatchFilter.keptBytes)
        packed.count = RecordBatchHeader.byteCount
        try compressor.compress(
            UnsafeRawBufferPointer(rebasing: plain.bytes[RecordBatchHeader.byteCount...]),
            into: &packed)
        return try seal(header, packed.base, packed.count)
    }

    private func seal(
        _ header: RecordBatchHeader, _ base: UnsafeMutableRawPointer, _ sizeBytes: Int
    ) throws(RecordsError) -> UnsafeRawBufferPointer {
        var header = header
        guard
            let length = Int32(exactly: sizeBytes - RecordBatchHeader.lengthPrefixByteCount)
        else { throw .batchTooLarge(sizeBytes: sizeBytes) }
        header.batchLength = length
        let batch = UnsafeMutableRawBufferPointer(start: base, count: sizeBytes)
        header.seal(batch)
        return UnsafeRawBufferPointer(batch)
    }
}
