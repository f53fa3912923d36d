import KafkaBase
import KafkaRecords
import NIOCore

/// A partition of a fake cluster: batches in memory, and the duplicate check that brokers make of
/// idempotent producers (KIP-98).
struct FakePartition: Sendable {
    var leader: Int32
    var epoch: Int32 = 0
    var startOffset: Int64 = 0
    private(set) var endOffset: Int64 = 0
    private(set) var batches: [(baseOffset: Int64, endOffset: Int64, bytes: ByteBuffer)] = []
    private var producers: [Int64: (epoch: Int16, nextSequence: Int32)] = [:]

    init(leader: Int32) { self.leader = leader }

    /// Appends one batch as a broker does; gives its offset or the error.
    mutating func append(_ bytes: ByteBuffer) -> (code: ErrorCode, offset: Int64) {
        var bytes = bytes
        let header: RecordBatchHeader
        do {
            header = try bytes.withUnsafeReadableBytes { bytes in
                let header = try RecordBatchHeader(bytes)
                try header.validate()
                try header.verifyCrc(of: bytes)
                return header
            }
        } catch {
            return (.corruptMessage, -1)
        }
        if header.producerID >= 0 {
            let known = producers[header.producerID]
            let isNew = known == nil || header.producerEpoch > known?.epoch ?? -1
            if let known, header.producerEpoch < known.epoch { return (.invalidProducerEpoch, -1) }
            let expected = isNew ? 0 : known?.nextSequence ?? 0
            if header.baseSequence < expected { return (.duplicateSequenceNumber, -1) }
            guard header.baseSequence == expected else { return (.outOfOrderSequenceNumber, -1) }
            producers[header.producerID] = (
                header.producerEpoch, header.baseSequence + header.recordCount
            )
        }
        let base = endOffset
        let epoch = epoch
        bytes.withUnsafeMutableReadableBytes { bytes in
            RecordBatchPatch.assign(baseOffset: base, leaderEpoch: epoch, to: bytes)
        }
        endOffset += Int64(header.lastOffsetDelta) + 1
        batches.append((base, endOffset, bytes))
        return (.none, base)
    }

    /// Puts bytes in place of offsets, as a log with gaps or damage has them.
    mutating func place(_ bytes: ByteBuffer, from baseOffset: Int64, to end: Int64) {
        batches.append((baseOffset, end, bytes))
        endOffset = end
    }

    /// Whole batches from the one that holds `offset` on.
    func read(from offset: Int64, maxBytes: Int) -> ByteBuffer {
        var result = ByteBuffer()
        for batch in batches where batch.endOffset > offset {
            if result.readableBytes > 0, result.readableBytes + batch.bytes.readableBytes > maxBytes
            {
                break
            }
            result.writeImmutableBuffer(batch.bytes)
        }
        return result
    }

    /// The values of all records, as text, in order.
    func values() throws -> [String] {
        var reader = RecordBatchReader()
        var values: [String] = []
        for batch in batches {
            try batch.bytes.withUnsafeReadableBytes { bytes in
                try reader.forEachRecord(in: bytes) { record in
                    values.append(record.value.map { String(decoding: $0, as: UTF8.self) } ?? "-")
                    return .continue
                }
            }
        }
        return values
    }
}
