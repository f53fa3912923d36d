internal import KafkaRecords
internal import NIOCore

/// Cuts a batch that a broker found too large in two.
enum BatchSplitter {
    /// Two batches with the records, sequences and order of the one; nil when it cannot be read,
    /// which it can as this producer made it.
    static func split(_ batch: ProducerBatch) -> (ProducerBatch, ProducerBatch)? {
        guard case .encoded(let bytes) = batch.content, batch.orderSpan > 1 else { return nil }
        return bytes.withUnsafeReadableBytes { bytes in
            guard let header = try? RecordBatchHeader(bytes),
                let compression = Compression(codec: header.attributes.codec ?? .none)
            else { return nil }
            var reader = RecordBatchReader()
            let halves = [
                RecordCopy(compression, bytes.count), RecordCopy(compression, bytes.count),
            ]
            let firstCount = batch.recordCount / 2
            var index = 0
            do {
                try reader.forEachRecord(in: bytes) { record in
                    halves[index < firstCount ? 0 : 1].append(record)
                    index += 1
                    return .continue
                }
                guard index == batch.recordCount else { return nil }
                return (
                    try make(halves[0], of: batch, isFirst: true, recordCount: firstCount),
                    try make(
                        halves[1], of: batch, isFirst: false,
                        recordCount: batch.recordCount - firstCount)
                )
            } catch {
                return nil
            }
        }
    }

    private static func make(
        _ records: RecordCopy, of batch: ProducerBatch, isFirst: Bool, recordCount: Int
    ) throws(RecordsError) -> ProducerBatch {
        let uncompressedBytes = records.builder.sizeBytes
        let half = ProducerBatch(
            partition: batch.partition, content: .encoded(try records.builder.finish()),
            recordCount: recordCount, uncompressedBytes: uncompressedBytes,
            // What one half releases, the other must not release again.
            reservedBytes: isFirst
                ? batch.reservedBytes / 2 : batch.reservedBytes - batch.reservedBytes / 2,
            createdAt: batch.createdAt)
        half.payloadBytes = records.payloadBytes
        half.orderSpan = batch.orderSpan / 2
        half.order = batch.order + (isFirst ? 0 : half.orderSpan)
        half.identity = batch.identity
        let first = isFirst ? 0 : batch.recordCount - recordCount
        half.deliveries = batch.deliveries.compactMap { waiting in
            let index = waiting.index - first
            guard (0..<recordCount).contains(index) else { return nil }
            return ProducerBatch.Delivery(index: index, delivery: waiting.delivery)
        }
        if batch.sequence >= 0 {
            half.sequence = SequenceNumber.advance(batch.sequence, by: first)
        }
        return half
    }
}

/// A batch under construction that records are copied into.
private final class RecordCopy {
    var builder: RecordBatchBuilder
    private(set) var payloadBytes = 0
    private var headers = EncodedHeaders()

    init(_ compression: Compression, _ capacityBytes: Int) {
        builder = RecordBatchBuilder(compression: compression, capacityBytes: capacityBytes)
    }

    func append(_ record: RecordView) {
        headers.removeAll()
        func copy(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {
            headers.append(name: name, value: value)
        }
        record.headers.forEach(copy)
        builder.append(
            timestamp: record.timestamp, key: record.key, value: record.value,
            headers: record.headers.isEmpty ? nil : headers)
        payloadBytes += (record.key?.count ?? 0) + (record.value?.count ?? 0)
    }
}
