import KafkaBase
import KafkaRecords
import NIOCore

/// Batches as producers send them.
enum TestBatch {
    struct Record {
        var key: String?
        var value: String?
        var timestamp: Int64 = 1_700_000_000_000
        var headers: [(String, String?)] = []
    }

    static func bytes(
        _ records: [Record], compression: Compression = .none,
        producer: RecordBatchBuilder.ProducerState = .none
    ) -> ByteBuffer {
        var builder = RecordBatchBuilder(compression: compression)
        for record in records {
            var headers = EncodedHeaders()
            for (name, value) in record.headers {
                withBytes(name) { name in
                    withBytes(value) { headers.append(name: name!, value: $0) }
                }
            }
            withBytes(record.key) { key in
                withBytes(record.value) { value in
                    builder.append(
                        timestamp: record.timestamp, key: key, value: value, headers: headers)
                }
            }
        }
        return try! builder.finish(producer: producer)
    }

    static func bytes(_ values: String...) -> ByteBuffer {
        bytes(values.map { Record(key: nil, value: $0) })
    }

    /// The records of batches, in order.
    static func records(_ batches: ByteBuffer) throws -> [Record] {
        var records: [Record] = []
        var reader = RecordBatchReader()
        try batches.withUnsafeReadableBytes { bytes in
            var cursor = RecordSetCursor()
            while let entry = try cursor.next(in: bytes) {
                let end = entry.position + entry.sizeBytes
                try reader.forEachRecord(
                    in: UnsafeRawBufferPointer(rebasing: bytes[entry.position..<end])
                ) { view in
                    var record = Record(
                        key: text(view.key), value: text(view.value), timestamp: view.timestamp)
                    view.headers.forEach { record.headers.append((text($0)!, text($1))) }
                    records.append(record)
                    return .continue
                }
            }
        }
        return records
    }

    static func values(_ batches: ByteBuffer) throws -> [String?] {
        try records(batches).map(\.value)
    }

    /// Overwrites bytes of a batch and sets the CRC that fits.
    static func patch(
        _ batch: ByteBuffer, at offset: Int, _ bytes: [UInt8], fixCrc: Bool = true
    ) -> ByteBuffer {
        var batch = batch
        batch.setBytes(bytes, at: batch.readerIndex + offset)
        guard fixCrc else { return batch }
        let crc = batch.withUnsafeReadableBytes { RecordBatchHeader.computeCrc(of: $0) }
        batch.setInteger(crc, at: batch.readerIndex + 17)
        return batch
    }

    private static func text(_ bytes: UnsafeRawBufferPointer?) -> String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func withBytes(
        _ text: String?, _ body: (UnsafeRawBufferPointer?) -> Void
    ) {
        guard let text else { return body(nil) }
        Array(text.utf8).withUnsafeBytes { body($0) }
    }
}
