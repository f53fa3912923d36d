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
    ///   - limits: of the whole fetch; of its numbers of bytes nothing is taken.
    func read(
        _ ask: FetchAsk, maxBytes: Int, atLeastOneBatch: Bool, limits: FetchTour.Limits
    ) -> FetchData {
        eventLoop.preconditionInEventLoop()
        guard !isRetired else { return failure(.unknownTopicOrPartition, limits) }
        let epochError = epochError(ask.currentLeaderEpoch)
        guard epochError == .none else { return failure(epochError, limits) }
        // There are no other replicas.
        guard !limits.isFromReplica else {
            return failure(
                ask.currentLeaderEpoch >= 0 ? .unknownLeaderEpoch : .notLeaderForPartition, limits)
        }
        let isReadCommitted = limits.isReadCommitted
        var data = FetchData(partition: name.partition, error: .none)
        data.highWatermark = highWatermark
        data.lastStableOffset = lastStableOffset
        data.logStartOffset = log.logStartOffset
        data.abortedTransactions = isReadCommitted ? [] : nil
        do throws(LogError) {
            if ask.lastFetchedEpoch >= 0, let diverging = try divergingEpoch(ask) {
                data.divergingEpoch = diverging
                return data
            }
            let read = try log.read(
                from: ask.fetchOffset, maxBytes: maxBytes, upTo: readableEnd(isReadCommitted),
                atLeastOneBatch: atLeastOneBatch)
            guard let slice = read.slice else { return data }
            if limits.version < FetchHandler.firstVersionWithZstd, ZstdScan.finds(in: slice) {
                return failure(.unsupportedCompressionType, limits)
            }
            data.records = .file(slice)
            counters.read(bytes: slice.count, records: read.endOffset - ask.fetchOffset)
            if isReadCommitted {
                data.abortedTransactions = try log.abortedTransactions(
                    from: ask.fetchOffset, upTo: read.endOffset
                ).map(FetchResponse.AbortedTransaction.init)
            }
            return data
        } catch {
            if error.errorCode == .kafkaStorageError { storageEvents.report(error) }
            return failure(error.errorCode, limits)
        }
    }

    private func failure(_ error: ErrorCode, _ limits: FetchTour.Limits) -> FetchData {
        // Clients that speak no more than version 5 do not know the errors of disks.
        let isUnknown = error == .kafkaStorageError && limits.version <= 5
        var data = FetchData(
            partition: name.partition, error: isUnknown ? .notLeaderForPartition : error)
        if error == .fencedLeaderEpoch { data.currentLeader.leaderEpoch = leaderEpoch }
        return data
    }

    /// Where the log and the client's records part, if the epoch that the client read last ended
    /// in front of what it asks for (KIP-595).
    ///
    /// - Throws: `offsetOutOfRange` where that cannot be told.
    private func divergingEpoch(
        _ ask: FetchAsk
    ) throws(LogError) -> FetchResponse.EpochEndOffset? {
        let end = endOffset(ofLeaderEpoch: ask.lastFetchedEpoch)
        guard end.epoch >= 0, end.endOffset >= 0, ask.fetchOffset >= log.logStartOffset else {
            throw .offsetOutOfRange(
                requested: ask.fetchOffset, start: log.logStartOffset, end: log.logEndOffset)
        }
        guard end.epoch < ask.lastFetchedEpoch || end.endOffset < ask.fetchOffset else {
            return nil
        }
        var diverging = FetchResponse.EpochEndOffset()
        diverging.epoch = end.epoch
        diverging.endOffset = end.endOffset
        return diverging
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
