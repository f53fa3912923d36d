internal import KafkaRecords
internal import NIOCore

/// The whole batches at the start of what a broker sent for one partition.
struct FetchedBatches {
    /// Whole batches alone; a last one that is cut off is left out, as brokers may send it.
    var buffer: ByteBuffer
    /// Behind the last batch; nil when there is none.
    var nextOffset: Int64?
    /// Of the leader that wrote the last batch; nil when there is none, or its format has none.
    var lastLeaderEpoch: Int32?
    /// What is wrong behind them: a length or format that cannot be.
    var error: RecordsError?

    init(_ records: ByteBuffer) {
        var cursor = RecordSetCursor()
        var nextOffset: Int64?
        var epoch: Int32 = -1
        var error: RecordsError?
        let end = records.withUnsafeReadableBytes { bytes in
            do throws(RecordsError) {
                while let entry = try cursor.next(in: bytes) {
                    (nextOffset, epoch) = try FetchedBatches.end(of: entry, in: bytes)
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
        lastLeaderEpoch = epoch >= 0 ? epoch : nil
        self.error = error
    }

    private static func end(
        of entry: RecordSetEntry, in bytes: UnsafeRawBufferPointer
    ) throws(RecordsError) -> (nextOffset: Int64, leaderEpoch: Int32) {
        // Old messages carry the offset of their last record.
        guard entry.magic == 2 else { return (entry.offsetField &+ 1, -1) }
        let header = try RecordBatchHeader(
            UnsafeRawBufferPointer(rebasing: bytes[entry.position...]))
        return (header.nextOffset, header.partitionLeaderEpoch)
    }
}
