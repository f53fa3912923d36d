internal import KafkaRecords
internal import NIOCore

/// The whole batches at the start of what a broker sent for one partition.
struct FetchedBatches {
    /// Whole batches alone; a last one that is cut off is left out, as brokers may send it.
    var buffer: ByteBuffer
    /// Behind the last batch; nil when there is none.
    var nextOffset: Int64?
    /// What is wrong behind them: a length or format that cannot be.
    var error: RecordsError?

    init(_ records: ByteBuffer) {
        var cursor = RecordSetCursor()
        var nextOffset: Int64?
        var error: RecordsError?
        let end = records.withUnsafeReadableBytes { bytes in
            do throws(RecordsError) {
                while let entry = try cursor.next(in: bytes) {
                    nextOffset = try FetchedBatches.nextOffset(entry, in: bytes)
                }
            } catch .truncated {
                // The cursor stays in front of what is cut off.
            } catch let failure {
                error = failure
            }
            return cursor.position
        }
        buffer = records.getSlice(at: records.readerIndex, length: end) ?? ByteBuffer()
        self.nextOffset = nextOffset
        self.error = error
    }

    private static func nextOffset(
        _ entry: RecordSetEntry, in bytes: UnsafeRawBufferPointer
    ) throws(RecordsError) -> Int64 {
        // Old messages carry the offset of their last record.
        guard entry.magic == 2 else { return entry.offsetField &+ 1 }
        return try RecordBatchHeader(
            UnsafeRawBufferPointer(rebasing: bytes[entry.position...])
        ).nextOffset
    }
}
