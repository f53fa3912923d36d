public import NIOCore

/// Changes to a v2 batch that is encoded already: a broker's, and a producer's.
public enum RecordBatchPatch {
    /// Sets the two fields that lie outside the CRC.
    ///
    /// - Parameter batch: at least the first 16 bytes of a batch.
    public static func assign(
        baseOffset: Int64, leaderEpoch: Int32, to batch: UnsafeMutableRawBufferPointer
    ) {
        precondition(batch.count >= 16)
        guard let base = batch.baseAddress else { return }
        base.storeBigEndian(baseOffset, at: 0)
        base.storeBigEndian(leaderEpoch, at: 12)
    }

    /// Stamps all records of a batch with the time of the append, and computes its CRC again.
    ///
    /// - Parameter batch: the whole batch.
    public static func setLogAppendTime(_ timeMs: Int64, in batch: UnsafeMutableRawBufferPointer) {
        precondition(batch.count >= RecordBatchHeader.byteCount)
        guard let base = batch.baseAddress else { return }
        let attributes: Int16 = UnsafeRawPointer(base).bigEndian(21)
        base.storeBigEndian(attributes | RecordBatchAttributes.logAppendTimeBit, at: 21)
        base.storeBigEndian(timeMs, at: 35)
        base.storeBigEndian(
            RecordBatchHeader.computeCrc(of: UnsafeRawBufferPointer(batch)), at: 17)
    }

    /// Says in a batch's header what its largest timestamp is, and computes its CRC again.
    ///
    /// - Parameter batch: the whole batch.
    public static func setMaxTimestamp(_ timeMs: Int64, in batch: UnsafeMutableRawBufferPointer) {
        precondition(batch.count >= RecordBatchHeader.byteCount)
        guard let base = batch.baseAddress else { return }
        base.storeBigEndian(timeMs, at: 35)
        base.storeBigEndian(
            RecordBatchHeader.computeCrc(of: UnsafeRawBufferPointer(batch)), at: 17)
    }

    /// Puts producer id, epoch and sequence on a batch, and computes its CRC again. Does nothing,
    /// and copies nothing, where they stand there already.
    ///
    /// - Parameter batch: the whole batch, as `RecordBatchBuilder` made it.
    public static func setProducer(
        _ producer: RecordBatchBuilder.ProducerState, in batch: inout ByteBuffer
    ) {
        guard let header = batch.withUnsafeReadableBytes({ try? RecordBatchHeader($0) }) else {
            preconditionFailure("shorter than a header")
        }
        var new = header
        new.producerID = producer.id
        new.producerEpoch = producer.epoch
        new.baseSequence = producer.baseSequence
        if producer.isTransactional {
            new.attributes.rawValue |= RecordBatchAttributes.transactionalBit
        } else {
            new.attributes.rawValue &= ~RecordBatchAttributes.transactionalBit
        }
        guard new != header else { return }
        batch.withUnsafeMutableReadableBytes { new.seal($0) }
    }
}
