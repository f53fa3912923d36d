/// Compresses batches that were built in other memory, one after the other. Several builders can
/// share one, so that a codec's context and working memory is not held for each batch that waits.
///
/// One owner at a time; the memory grows with the largest batch and is given back above
/// `keptBytes`.
public struct RecordBatchPacker: ~Copyable {
    /// Memory above this is given back after a batch.
    static let keptBytes = 4 << 20

    private var packed = ScratchBuffer(capacity: 0)
    private var compressor: Compressor

    public init(_ compression: Compression) {
        compressor = Compressor(compression)
    }

    var codec: CompressionCodec { compressor.compression.codec }

    /// The batch that was packed last: room for a header, then the records.
    var batch: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: packed.base, count: packed.count)
    }

    /// Compresses the records of a batch into `batch`.
    mutating func pack(_ records: UnsafeRawBufferPointer) throws(RecordsError) {
        packed.reset(keeping: RecordBatchPacker.keptBytes)
        packed.reserve(RecordBatchHeader.byteCount)
        packed.count = RecordBatchHeader.byteCount
        try compressor.compress(records, into: &packed)
    }
}
