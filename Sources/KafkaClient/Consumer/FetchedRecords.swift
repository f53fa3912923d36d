internal import KafkaBase
public import KafkaRecords
public import NIOCore

/// Whole batches of one partition as a broker sent them. A value; it keeps the response's memory
/// for as long as it lives.
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
    /// Of the leader that wrote the last batch; nil when there is none, or its format has none.
    public var lastLeaderEpoch: Int32?
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
        var position = fetchOffset
        do {
            try buffer.withUnsafeReadableBytes { bytes in
                var filter = AbortedTransactionFilter(abortedTransactions)
                var cursor = RecordSetCursor()
                while let entry = try cursor.next(in: bytes) {
                    let end = entry.position + entry.sizeBytes
                    let batch = UnsafeRawBufferPointer(rebasing: bytes[entry.position..<end])
                    if entry.magic == 2 {
                        let header = try RecordBatchHeader(batch)
                        position = max(fetchOffset, header.baseOffset)
                        guard try isShown(header, batch, &filter, &reader, includeControl) else {
                            continue
                        }
                        let visit = try walk(
                            batch, &reader, leaderEpoch: header.partitionLeaderEpoch,
                            type: header.attributes.isLogAppendTime ? .logAppendTime : .createTime,
                            isControl: header.attributes.isControl, body)
                        if visit == .stop { return }
                    } else {
                        let visit = try walk(
                            batch, &reader, leaderEpoch: -1, type: legacyType(batch, entry.magic),
                            isControl: false, body)
                        if visit == .stop { return }
                    }
                }
            }
        } catch let error as RecordsError {
            let partition = TopicPartition(topic: topic, partition: partition)
            throw KafkaError(error, partition, offset: position)
        }
    }

    /// Whether a batch has records to hand out; checks its CRC then.
    private func isShown(
        _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer,
        _ filter: inout AbortedTransactionFilter, _ reader: inout RecordBatchReader,
        _ includeControl: Bool
    ) throws(RecordsError) -> Bool {
        // What lies before the position is not looked at, except for the markers in it.
        guard header.lastOffset >= fetchOffset || header.attributes.isControl else { return false }
        // The markers of librdkafka's mock cluster come without a checksum.
        let isUnchecked = header.attributes.isControl && header.crc == 0
        if checksCrcs, !isUnchecked { try header.verifyCrc(of: batch) }
        var isAbort: Bool?
        if header.attributes.isControl, !abortedTransactions.isEmpty {
            isAbort = false
            try reader.forEachRecord(in: batch) { record in
                isAbort = ControlRecordType(key: record.key) == .abort
                return .stop
            }
        }
        let isHidden = try filter.hides(header) { isAbort ?? false }
        if header.attributes.isControl { return includeControl && header.lastOffset >= fetchOffset }
        return !isHidden
    }

    /// The records of one batch.
    private func walk(
        _ batch: UnsafeRawBufferPointer, _ reader: inout RecordBatchReader, leaderEpoch: Int32,
        type: ConsumedRecord.TimestampType, isControl: Bool,
        _ body: (ConsumedRecord) throws -> RecordVisit
    ) throws -> RecordVisit {
        var failure: (any Error)?
        var last = RecordVisit.continue
        try reader.forEachRecord(in: batch) { record in
            guard record.offset >= fetchOffset else { return .continue }
            do {
                last = try body(
                    ConsumedRecord(
                        record: record, leaderEpoch: leaderEpoch, timestampType: type,
                        isControl: isControl))
            } catch {
                failure = error
                last = .stop
            }
            return last
        }
        if let failure { throw failure }
        return last
    }

    /// Message format 1 has the type in its attributes, behind offset, size, CRC and magic.
    private func legacyType(
        _ message: UnsafeRawBufferPointer, _ magic: Int8
    ) -> ConsumedRecord.TimestampType {
        guard magic == 1, message.count > 17 else { return .none }
        return message[17] & 0x08 != 0 ? .logAppendTime : .createTime
    }
}
