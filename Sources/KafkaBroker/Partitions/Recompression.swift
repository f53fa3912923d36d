import KafkaBase
import KafkaRecords
import NIOCore

/// Brings a batch into the codec that a topic wants (`compression.type`).
enum Recompression {
    /// The batch as it is when the topic keeps the producer's codec, or has the same.
    static func apply(
        _ compression: Compression?, to batch: ProducedBatch
    ) throws(ProduceFailure) -> ProducedBatch {
        guard let compression, batch.header.attributes.codec != compression.codec else {
            return batch
        }
        do throws(RecordsError) {
            let result = batch.bytes.withUnsafeReadableBytes { bytes in
                Result { () throws(RecordsError) in
                    try rebuild(bytes, batch.header, compression)
                }
            }
            let bytes = try result.get()
            let header = bytes.withUnsafeReadableBytes { header in
                Result { () throws(RecordsError) in try RecordBatchHeader(header) }
            }
            return ProducedBatch(header: try header.get(), bytes: bytes)
        } catch {
            throw ProduceFailure(.invalidRecord, "\(error)")
        }
    }

    private static func rebuild(
        _ bytes: UnsafeRawBufferPointer, _ header: RecordBatchHeader, _ compression: Compression
    ) throws(RecordsError) -> ByteBuffer {
        var reader = RecordBatchReader(maxDecompressedBytes: ProduceRules.maxDecompressedBytes)
        var builder = RecordBatchBuilder(
            compression: compression, capacityBytes: bytes.count)
        var headers = EncodedHeaders()
        try reader.forEachRecord(in: bytes) { record in
            if record.headers.isEmpty {
                builder.append(timestamp: record.timestamp, key: record.key, value: record.value)
            } else {
                headers.removeAll()
                record.headers.forEach { headers.append(name: $0, value: $1) }
                builder.append(
                    timestamp: record.timestamp, key: record.key, value: record.value,
                    headers: headers)
            }
            return .continue
        }
        return try builder.finish(
            producer: RecordBatchBuilder.ProducerState(
                id: header.producerID, epoch: header.producerEpoch,
                baseSequence: header.baseSequence,
                isTransactional: header.attributes.isTransactional))
    }
}
