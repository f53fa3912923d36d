public import KafkaRecords
public import NIOCore

/// Whole batches of one partition as a broker sent them.
public struct FetchedRecords: Sendable {
    /// Records of an aborted transaction, from its first one on (KIP-98).
    public struct AbortedTransaction: Sendable, Hashable {
        public var producerID: Int64
        public var firstOffset: Int64
    }

    public var topic: String
    public var partition: Int32
    /// Whole batches, one behind the other; may be empty.
    public var buffer: ByteBuffer
    /// The first offset that is wanted; the first batch may begin before it.
    public var fetchOffset: Int64
    /// One behind the last record that all replicas in sync have.
    public var highWatermark: Int64
    /// One behind the last record that no open transaction holds back.
    public var lastStableOffset: Int64
    /// The first offset there is; -1 when the broker did not tell.
    public var logStartOffset: Int64
    /// Where reading goes on: behind the last batch, whether or not it had records to show.
    public var nextOffset: Int64
    public var isolationLevel: IsolationLevel
    /// Empty under read_uncommitted.
    public var abortedTransactions: [AbortedTransaction]
    /// Whether `forEachRecord` checks the CRC of each batch.
    public var checksCrcs: Bool

    /// Calls `body` for each record from `fetchOffset` on, in order. Leaves out transactions'
    /// markers, and under read_committed the records of aborted transactions. Allocates nothing
    /// per record.
    ///
    /// - Parameters:
    ///   - reader: used again from call to call; holds the decompression buffers.
    ///   - includeControl: hand out transactions' markers too.
    /// - Throws: `KafkaError` of kind `corrupt` for a batch that cannot be read (the records before
    ///   it have been handed out), and what `body` throws.
    public func forEachRecord(
        reader: inout RecordBatchReader, includeControl: Bool = false,
        _ body: (ConsumedRecord) throws -> RecordVisit
    ) throws {
    }
}
