internal import KafkaRecords
internal import NIOCore

/// Puts producer id, epoch and sequence on a batch that is encoded already.
enum RecordBatchStamp {
    private static let producerIDOffset = 43
    private static let crcOffset = 17
    private static let crcStart = 21

    /// Does nothing, and copies nothing, when they stand there already.
    static func stamp(_ producer: RecordBatchBuilder.ProducerState, on batch: inout ByteBuffer) {
        let start = batch.readerIndex
        let field = start + producerIDOffset
        if batch.getInteger(at: field, as: Int64.self) == producer.id,
            batch.getInteger(at: field + 8, as: Int16.self) == producer.epoch,
            batch.getInteger(at: field + 10, as: Int32.self) == producer.baseSequence
        {
            return
        }
        batch.setInteger(producer.id, at: field)
        batch.setInteger(producer.epoch, at: field + 8)
        batch.setInteger(producer.baseSequence, at: field + 10)
        let crc = batch.withUnsafeReadableBytes {
            Crc32c.checksum(UnsafeRawBufferPointer(rebasing: $0[crcStart...]))
        }
        batch.setInteger(crc, at: start + crcOffset)
    }
}
