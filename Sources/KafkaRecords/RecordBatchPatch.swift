/// Changes a broker makes to a v2 batch without encoding it again.
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
}
