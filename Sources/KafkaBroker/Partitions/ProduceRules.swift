import KafkaBase
import KafkaRecords
import NIOCore

/// A batch that may be appended.
struct ProducedBatch: Sendable {
    var header: RecordBatchHeader
    /// Exactly the batch's bytes; a slice of the received frame unless they had to change.
    var bytes: ByteBuffer

    var isTransactional: Bool { header.attributes.isTransactional }
    var baseSequence: Int32 { header.baseSequence }
    var producer: ProducerIdentity {
        ProducerIdentity(id: header.producerID, epoch: header.producerEpoch)
    }
}

/// Why a partition refuses what a producer sent.
struct ProduceFailure: Error, Equatable {
    var code: ErrorCode
    var message: String?
    /// Positions of the records at fault within the batch, where it is known.
    var recordIndexes: [Int32] = []

    init(_ code: ErrorCode, _ message: String? = nil, recordIndexes: [Int32] = []) {
        self.code = code
        self.message = message
        self.recordIndexes = recordIndexes
    }
}

/// What a producer's records must satisfy (Kafka's `ProduceRequest.validateRecords` and
/// `LogValidator`). Pure: the bytes and the topic's settings in, a batch or an error out.
///
/// The header and the CRC are checked on every batch. The records themselves are walked where they
/// are not compressed, or are few, to find as many as the header says; and always where a setting
/// asks about each of them: keys of a compacted topic, a lower bound for timestamps.
enum ProduceRules {
    /// First version of Produce that may carry zstd (KIP-110).
    static let firstVersionWithZstd: Int16 = 7
    /// What one batch may decompress to where its records must be looked at, in bytes.
    static let maxDecompressedBytes = 64 << 20
    /// Up to this size a compressed batch is walked, in bytes: the event loop does it.
    private static let maxWalkedCompressedBytes = 64 << 10
    /// A record without key, value and headers, in bytes.
    private static let minRecordBytes = 7
    /// More records than consumers could unpack are none.
    private static let maxRecordCount = (256 << 20) / minRecordBytes

    static func check(
        _ records: ByteBuffer?, version: Int16, settings: TopicSettings, nowMs: Int64
    ) throws(ProduceFailure) -> ProducedBatch {
        guard let records, records.readableBytes > 0 else {
            throw ProduceFailure(.invalidRecord, "a partition needs exactly one record batch")
        }
        let result = records.withUnsafeReadableBytes { bytes in
            Result { () throws(ProduceFailure) in
                try check(bytes, version: version, settings: settings, nowMs: nowMs)
            }
        }
        var batch = ProducedBatch(header: try result.get(), bytes: records)
        let givenMs = records.getInteger(at: records.readerIndex + 35, as: Int64.self)
        if batch.header.maxTimestamp != givenMs {
            batch.bytes.withUnsafeMutableReadableBytes {
                RecordBatchPatch.setMaxTimestamp(batch.header.maxTimestamp, in: $0)
            }
            let header = batch.bytes.withUnsafeReadableBytes { try? RecordBatchHeader($0) }
            if let header { batch.header = header }
        }
        return batch
    }

    /// - Returns: the header, with the largest timestamp that was found.
    private static func check(
        _ bytes: UnsafeRawBufferPointer, version: Int16, settings: TopicSettings, nowMs: Int64
    ) throws(ProduceFailure) -> RecordBatchHeader {
        var header = try soleHeader(of: bytes)
        try checkSize(bytes.count, settings: settings)
        do throws(RecordsError) {
            try header.verifyCrc(of: bytes)
        } catch {
            throw ProduceFailure(.corruptMessage, "\(error)")
        }
        try checkHeader(header, version: version)
        try checkTimestamps(header, settings: settings, nowMs: nowMs)
        let latest = try checkRecords(bytes, header, settings: settings, nowMs: nowMs)
        if let latest, latest != header.maxTimestamp {
            // Searches by time go by the header (Kafka's `LogValidator` corrects it as well).
            header.maxTimestamp = latest
            try checkTimestamps(header, settings: settings, nowMs: nowMs)
        }
        return header
    }

    /// Whether a batch of so many bytes, as it would be stored, fits the topic's limits.
    static func checkSize(
        _ byteCount: Int, settings: TopicSettings
    ) throws(ProduceFailure) {
        guard byteCount <= settings.maxMessageBytes else {
            throw ProduceFailure(
                .messageTooLarge,
                "The record batch size of \(byteCount) bytes exceeds the maximum of "
                    + "\(settings.maxMessageBytes) (max.message.bytes)")
        }
        guard byteCount <= settings.segmentBytes else {
            throw ProduceFailure(
                .recordListTooLarge,
                "The record batch size of \(byteCount) bytes exceeds the segment size of "
                    + "\(settings.segmentBytes)")
        }
    }

    /// The header of the batch that fills the bytes.
    private static func soleHeader(
        of bytes: UnsafeRawBufferPointer
    ) throws(ProduceFailure) -> RecordBatchHeader {
        // The magic byte lies at the same place in every format.
        if bytes.count > 16, bytes[16] != 2 {
            throw ProduceFailure(
                .invalidRecord, "records of format \(Int8(bitPattern: bytes[16])) are not taken")
        }
        let header: RecordBatchHeader
        do throws(RecordsError) {
            header = try RecordBatchHeader(bytes)
            guard Int(header.batchLength) >= RecordBatchHeader.byteCount - 12 else {
                throw .invalidBatchLength(Int(header.batchLength))
            }
            guard header.sizeBytes <= bytes.count else {
                throw .truncated(needed: header.sizeBytes, available: bytes.count)
            }
        } catch {
            throw ProduceFailure(.corruptMessage, "\(error)")
        }
        guard header.sizeBytes == bytes.count else {
            throw ProduceFailure(.invalidRecord, "a partition needs exactly one record batch")
        }
        return header
    }

    private static func checkHeader(
        _ header: RecordBatchHeader, version: Int16
    ) throws(ProduceFailure) {
        guard let codec = header.attributes.codec else {
            throw ProduceFailure(
                .unsupportedCompressionType, "unknown codec \(header.attributes.codecID)")
        }
        if codec == .zstd && version < firstVersionWithZstd {
            throw ProduceFailure(
                .unsupportedCompressionType,
                "zstd needs version \(firstVersionWithZstd) of Produce")
        }
        guard header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1 else {
            throw ProduceFailure(
                .invalidRecord,
                "\(header.recordCount) records cannot span the offset delta "
                    + "\(header.lastOffsetDelta)")
        }
        guard header.recordCount <= maxRecordCount else {
            throw ProduceFailure(.invalidRecord, "\(header.recordCount) records in one batch")
        }
        guard header.baseOffset == 0 else {
            throw ProduceFailure(
                .invalidRecord,
                "The base offset of the record batch should be 0, but it is \(header.baseOffset)")
        }
        if header.attributes.isControl {
            throw ProduceFailure(.invalidRecord, "clients cannot write control records")
        }
        if header.producerID >= 0 && (header.producerEpoch < 0 || header.baseSequence < 0) {
            throw ProduceFailure(
                .invalidRecord,
                "epoch \(header.producerEpoch) and sequence \(header.baseSequence) with a "
                    + "producer id")
        }
        if header.attributes.isTransactional && header.producerID < 0 {
            throw ProduceFailure(.invalidRecord, "a transaction's records without a producer id")
        }
    }

    // MARK: Timestamps

    /// The batch's largest timestamp stands in its header.
    private static func checkTimestamps(
        _ header: RecordBatchHeader, settings: TopicSettings, nowMs: Int64
    ) throws(ProduceFailure) {
        if header.attributes.isLogAppendTime {
            throw ProduceFailure(
                .invalidTimestamp, "a producer cannot stamp its records with LogAppendTime")
        }
        guard !settings.isLogAppendTime else { return }
        let latest = nowMs.addingClamped(settings.timestampAfterMaxMs)
        if header.maxTimestamp > latest {
            throw ProduceFailure(
                .invalidTimestamp,
                "Timestamp \(header.maxTimestamp) is later than \(latest) allows")
        }
    }

    private static func hasLowerTimestampBound(_ settings: TopicSettings) -> Bool {
        settings.timestampBeforeMaxMs != .max && !settings.isLogAppendTime
    }

    // MARK: Records

    /// - Returns: the largest timestamp of the records; nil where they were not all looked at.
    private static func checkRecords(
        _ bytes: UnsafeRawBufferPointer, _ header: RecordBatchHeader, settings: TopicSettings,
        nowMs: Int64
    ) throws(ProduceFailure) -> Int64? {
        if settings.isCompacted || hasLowerTimestampBound(settings) {
            var reader = RecordBatchReader(maxDecompressedBytes: maxDecompressedBytes)
            return try walk(bytes, header, settings: settings, nowMs: nowMs, &reader)
        }
        guard
            header.attributes.codec == CompressionCodec.none
                || bytes.count <= maxWalkedCompressedBytes
        else { return nil }
        return try walk(
            bytes, header, settings: settings, nowMs: nowMs, &RecordWalker.ofThisThread.reader)
    }

    private static func walk(
        _ bytes: UnsafeRawBufferPointer, _ header: RecordBatchHeader, settings: TopicSettings,
        nowMs: Int64, _ reader: inout RecordBatchReader
    ) throws(ProduceFailure) -> Int64? {
        let earliest =
            hasLowerTimestampBound(settings)
            ? nowMs.addingClamped(-settings.timestampBeforeMaxMs) : .min
        var keyless: [Int32] = []
        var early: [Int32] = []
        var index: Int32 = 0
        var latest = Int64.min
        var isInOrder = true
        do throws(RecordsError) {
            try reader.forEachRecord(in: bytes) { record in
                if settings.isCompacted && record.key == nil { keyless.append(index) }
                if record.timestamp >= 0 && record.timestamp < earliest { early.append(index) }
                isInOrder = isInOrder && record.offset == header.baseOffset &+ Int64(index)
                index += 1
                latest = max(latest, record.timestamp)
                return .continue
            }
        } catch {
            // Few bytes that become many: not worth the loop's time.
            if case .decompressedTooLarge(RecordWalker.maxDecompressedBytes) = error { return nil }
            throw ProduceFailure(.invalidRecord, "\(error)")
        }
        guard isInOrder else {
            throw ProduceFailure(.invalidRecord, "records that are not numbered in their order")
        }
        if !keyless.isEmpty {
            throw ProduceFailure(
                .invalidRecord, "Compacted topic cannot accept message without key",
                recordIndexes: keyless)
        }
        if !early.isEmpty {
            throw ProduceFailure(
                .invalidTimestamp, "Timestamps are earlier than \(earliest) allows",
                recordIndexes: early)
        }
        return latest
    }
}

extension Int64 {
    /// The sum, or the nearest value there is.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
