internal import KafkaRecords
internal import NIOCore

/// Puts producer id, epoch and sequence on a batch that is encoded already.
enum RecordBatchStamp {
    private static let producerIDOffset = 43
    private static let crcOffset = 17
    private static let attributesOffset = 21
    private static let transactionalBit: Int16 = 0x10

    /// Does nothing, and copies nothing, when they stand there already.
    static func stamp(_ producer: RecordBatchBuilder.ProducerState, on batch: inout ByteBuffer) {
        let start = batch.readerIndex
        let field = start + producerIDOffset
        let attributes = batch.getInteger(at: start + attributesOffset, as: Int16.self) ?? 0
        let wanted =
            producer.isTransactional
            ? attributes | transactionalBit : attributes & ~transactionalBit
        if batch.getInteger(at: field, as: Int64.self) == producer.id,
            batch.getInteger(at: field + 8, as: Int16.self) == producer.epoch,
            batch.getInteger(at: field + 10, as: Int32.self) == producer.baseSequence,
            attributes == wanted
        {
            return
        }
        batch.setInteger(wanted, at: start + attributesOffset)
        batch.setInteger(producer.id, at: field)
        batch.setInteger(producer.epoch, at: field + 8)
        batch.setInteger(producer.baseSequence, at: field + 10)
        // The checksum covers all from the attributes on.
        let crc = batch.withUnsafeReadableBytes {
            Crc32c.checksum(UnsafeRawBufferPointer(rebasing: $0[attributesOffset...]))
        }
        batch.setInteger(crc, at: start + crcOffset)
    }
}
