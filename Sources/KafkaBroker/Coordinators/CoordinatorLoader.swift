import KafkaBase
import KafkaLog
import KafkaRecords
import NIOCore

/// Reads what a coordinator's partition holds. Pure but for the bytes of the file: on a thread that
/// may block.
enum CoordinatorLoader {
    /// Read at a time, in bytes.
    static let chunkBytes = 1 << 20

    /// The batches of a range of the log. Control batches of other kinds than the ends of
    /// transactions are passed over.
    ///
    /// - Throws: `LogError.corrupt` and what reading throws.
    static func batches(in read: LogRead, path: String) throws(LogError) -> [CoordinatorBatch] {
        let bytes = try read.bytes()
        let result = bytes.withUnsafeReadableBytes { bytes in
            Result { () throws(RecordsError) in try batches(in: bytes) }
        }
        do throws(RecordsError) {
            return try result.get()
        } catch {
            throw .corrupt(path: path, position: read.slice?.position ?? 0, reason: "\(error)")
        }
    }

    private static func batches(
        in bytes: UnsafeRawBufferPointer
    ) throws(RecordsError) -> [CoordinatorBatch] {
        var batches: [CoordinatorBatch] = []
        var cursor = RecordSetCursor()
        var reader = RecordBatchReader()
        while let entry = try cursor.next(in: bytes) {
            let bytes = UnsafeRawBufferPointer(
                rebasing: bytes[entry.position..<entry.position + entry.sizeBytes])
            if let batch = try batch(entry, bytes, &reader) { batches.append(batch) }
        }
        return batches
    }

    private static func batch(
        _ entry: RecordSetEntry, _ bytes: UnsafeRawBufferPointer, _ reader: inout RecordBatchReader
    ) throws(RecordsError) -> CoordinatorBatch? {
        let header = entry.magic == 2 ? try RecordBatchHeader(bytes) : nil
        var content = CoordinatorBatch.Content.records([])
        if header?.attributes.isControl == true {
            guard let marker = EndTransactionMarker(batch: bytes) else { return nil }
            content = .marker(marker)
        } else {
            content = .records(try records(bytes, &reader))
        }
        return CoordinatorBatch(
            baseOffset: entry.offsetField, producerID: header?.producerID ?? -1,
            producerEpoch: header?.producerEpoch ?? -1,
            isTransactional: header?.attributes.isTransactional ?? false,
            maxTimestamp: header?.maxTimestamp ?? -1, content: content)
    }

    private static func records(
        _ batch: UnsafeRawBufferPointer, _ reader: inout RecordBatchReader
    ) throws(RecordsError) -> [CoordinatorRecord] {
        var records: [CoordinatorRecord] = []
        try reader.forEachRecord(in: batch) { record in
            // One without a key says nothing.
            guard let key = record.key else { return .continue }
            let value = record.value.map(ByteBuffer.init(bytes:))
            records.append(CoordinatorRecord(key: ByteBuffer(bytes: key), value: value))
            return .continue
        }
        return records
    }
}
