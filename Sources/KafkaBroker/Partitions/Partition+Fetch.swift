import KafkaBase
import KafkaLog
import KafkaRecords
import KafkaWire
import NIOCore

extension Partition {
    typealias FetchData = FetchResponse.PartitionData

    /// Reads for a consumer. On the event loop.
    ///
    /// - Parameters:
    ///   - maxBytes: for whole batches, but the first is given whole when `atLeastOneBatch`.
    ///   - isReadCommitted: whether aborted transactions are told and held back.
    func read(
        _ request: FetchRequest.FetchPartition, maxBytes: Int, atLeastOneBatch: Bool,
        isReadCommitted: Bool, version: Int16
    ) -> FetchData {
        eventLoop.preconditionInEventLoop()
        guard !isRetired else {
            return FetchData(partition: name.partition, error: .unknownTopicOrPartition)
        }
        let epochError = epochError(request.currentLeaderEpoch)
        guard epochError == .none else {
            return FetchData(partition: name.partition, error: epochError)
        }
        var data = FetchData(partition: name.partition, error: .none)
        data.highWatermark = highWatermark
        data.lastStableOffset = lastStableOffset
        data.logStartOffset = log.logStartOffset
        data.abortedTransactions = isReadCommitted ? [] : nil
        do throws(LogError) {
            let read = try log.read(
                from: request.fetchOffset, maxBytes: maxBytes, upTo: readableEnd(isReadCommitted),
                atLeastOneBatch: atLeastOneBatch)
            guard let slice = read.slice else { return data }
            if version < FetchHandler.firstVersionWithZstd, ZstdScan.finds(in: slice) {
                return FetchData(partition: name.partition, error: .unsupportedCompressionType)
            }
            data.records = .file(slice)
            counters.read(bytes: slice.count, records: read.endOffset - request.fetchOffset)
            if isReadCommitted {
                data.abortedTransactions = try log.abortedTransactions(
                    from: request.fetchOffset, upTo: read.endOffset
                ).map(FetchResponse.AbortedTransaction.init)
            }
            return data
        } catch {
            if error.errorCode == .kafkaStorageError { errorLog.report(error) }
            return FetchData(partition: name.partition, error: error.errorCode)
        }
    }
}

extension FetchResponse.AbortedTransaction {
    fileprivate init(_ entry: TransactionIndexEntry) {
        self.init()
        producerId = entry.producerID
        firstOffset = entry.firstOffset
    }
}

extension FetchResponse.PartitionData {
    /// A partition without records: zero bytes, never null, which some clients cannot read.
    init(partition: Int32, error: ErrorCode) {
        self.init()
        partitionIndex = partition
        errorCode = error
        highWatermark = -1
        abortedTransactions = nil
        records = .bytes(ByteBuffer())
    }
}

/// Looks for a codec that old clients cannot read.
enum ZstdScan {
    /// Whether one of the batches of the range is compressed with zstd. Reads their headers alone;
    /// what cannot be read is left to the transport to fail on.
    static func finds(in slice: FileSlice) -> Bool {
        var position = 0
        while position < slice.count {
            guard let header = header(in: slice, at: position) else { return false }
            if header.magic == 2, header.attributes.codec == .zstd { return true }
            guard header.sizeBytes > 0 else { return false }
            position += header.sizeBytes
        }
        return false
    }

    private static func header(in slice: FileSlice, at position: Int) -> RecordBatchHeader? {
        withUnsafeTemporaryAllocation(byteCount: RecordBatchHeader.byteCount, alignment: 8) {
            room in
            let count = FileBytes.read(
                slice.owner.fileDescriptor, into: room, at: slice.position + position)
            guard count == room.count else { return nil }
            return try? RecordBatchHeader(UnsafeRawBufferPointer(room))
        }
    }
}
