public import KafkaRecords
public import NIOCore

/// Where an append went.
public struct LogAppend: Sendable, Equatable {
    public var firstOffset: Int64
    public var lastOffset: Int64
    public var logStartOffset: Int64
    /// Whether a new segment was begun. The old one is flushed with the next ticket: hand one in
    /// soon, whatever the sync policy, so that recovery stays short.
    public var didRoll: Bool
    /// What the producer has sent before: nothing was written, and the offsets are those it got
    /// then.
    public var duplicate: ProducerEntry.Batch?

    public var isDuplicate: Bool { duplicate != nil }
}

extension PartitionLog {
    /// Appends batches that were validated (format, CRC): checks their producers' sequences, gives
    /// them offsets and the leader epoch, and writes them with one system call. Writes to the page
    /// cache; durable only by a flush ticket.
    ///
    /// The 16 bytes that change lie outside the CRC and go to the disk from a copy, so `records`
    /// may share its memory with the received request.
    ///
    /// - Parameters:
    ///   - records: whole v2 batches, one behind the other.
    ///   - batches: their headers, in order.
    ///   - leaderEpoch: below 0 for none.
    ///   - origin: says what of the producer state is checked.
    ///   - nowMs: counts for `segment.ms` where records have no timestamps.
    /// - Throws: `refused` by the producer state; `failed` after an earlier failure of the
    ///   directory; `noSpace`, or `io` for want of descriptors, and nothing has changed; any other
    ///   `io`, and the directory is failed; `invalidAppend` if the headers are not those of
    ///   `records`.
    public func append(
        _ records: ByteBuffer, batches: [RecordBatchHeader], leaderEpoch: Int32,
        origin: AppendOrigin = .client, nowMs: Int64
    ) throws(LogError) -> LogAppend {
        try health.check()
        let extent = try AppendExtent(
            batches, firstOffset: logEndOffset, byteCount: records.readableBytes)
        let update = try producerUpdate(records, batches, origin)
        if let duplicate = update?.duplicate {
            return LogAppend(
                firstOffset: duplicate.firstOffset, lastOffset: duplicate.lastOffset,
                logStartOffset: logStartOffset, didRoll: false, duplicate: duplicate)
        }
        let mustRoll = try active.shouldRoll(
            forBytes: extent.byteCount, maxTimestamp: extent.maxTimestamp,
            lastOffset: extent.lastOffset, nowMs: nowMs, settings: settings)
        if mustRoll { try roll(nowMs: nowMs) }
        do throws(LogError) {
            try active.openForAppend(settings: settings)
        } catch {
            throw failed(by: error)
        }
        let abortedCount = active.transactionIndex.count
        do throws(LogError) {
            try write(records, batches, leaderEpoch)
            if let aborted = update?.aborted, !aborted.isEmpty {
                try active.transactionIndex.append(aborted)
                if abortedCount == 0 { flushes.directoryChanged() }
            }
            try active.didAppend(
                bytes: extent.byteCount, lastOffset: extent.lastOffset,
                maxTimestamp: extent.maxTimestamp, maxTimestampOffset: extent.maxTimestampOffset,
                settings: settings)
        } catch {
            throw takeBack(after: error, abortedCount: abortedCount)
        }
        if let update { producers.commit(update) }
        logEndOffset = extent.lastOffset + 1
        sizeBytes += extent.byteCount
        if epochs.latestEpoch ?? -1 < leaderEpoch {
            epochs.assign(epoch: leaderEpoch, startOffset: extent.firstOffset)
            flushes.epochsChanged()
            unsavedEpochStart = min(unsavedEpochStart ?? .max, extent.firstOffset)
        }
        return LogAppend(
            firstOffset: extent.firstOffset, lastOffset: extent.lastOffset,
            logStartOffset: logStartOffset, didRoll: mustRoll)
    }

    /// Hands the bytes to the active segment, the start of each batch from a patched copy.
    private func write(
        _ records: ByteBuffer, _ batches: [RecordBatchHeader], _ leaderEpoch: Int32
    ) throws(LogError) {
        let firstOffset = logEndOffset
        try records.withUnsafeReadableBytes { (bytes) throws(LogError) in
            try PatchedBatches.withParts(
                of: bytes, batches, firstOffset: firstOffset, leaderEpoch: leaderEpoch
            ) { (parts) throws(LogError) in try active.write(parts) }
        }
    }

    /// What the batches change of the producer state; nil for nothing.
    private func producerUpdate(
        _ records: ByteBuffer, _ batches: [RecordBatchHeader], _ origin: AppendOrigin
    ) throws(LogError) -> ProducerUpdate? {
        guard batches.contains(where: { $0.producerID >= 0 }) else { return nil }
        var offset = logEndOffset
        let sequenced = records.withUnsafeReadableBytes { bytes in
            var position = 0
            return batches.map { header in
                let range = position..<position + header.sizeBytes
                defer {
                    position = range.upperBound
                    offset += Int64(header.lastOffsetDelta) + 1
                }
                return SequencedBatch(
                    header, baseOffset: offset,
                    bytes: UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
        }
        do throws(ProducerRefusal) {
            return try producers.update(with: sequenced, from: origin)
        } catch {
            throw .refused(error)
        }
    }

    /// Cuts off what a failed append has left: nothing half-written may stay where the next append,
    /// or a scan, would find it. All but a shortage marks the directory failed.
    private func takeBack(after error: LogError, abortedCount: Int) -> LogError {
        do throws(LogError) {
            try active.restoreEnd()
            try active.transactionIndex.truncate(to: abortedCount)
            // Or the next stop would leave what was cut off to come back with a crash after it.
            flushes.add(active)
        } catch let second {
            health.fail(second)
        }
        return failed(by: error)
    }

    /// Marks the directory failed, but for a shortage.
    private func failed(by error: LogError) -> LogError {
        if !error.isShortage { health.fail(error) }
        return error
    }

    /// Begins a new active segment at the log end. Blocks for the creation of files only.
    ///
    /// - Throws: `noSpace`, or `io` for want of descriptors, and the old segment stays active; else
    ///   the directory is failed.
    public func roll(nowMs: Int64) throws(LogError) {
        try health.check()
        do throws(LogError) {
            let old = active
            guard old.sizeBytes > 0 || old.baseOffset != logEndOffset else { return }
            // Also for the trimming, when there is no way back any more.
            try old.openIndexes()
            try old.completeTimeIndex(settings: settings)
            let new = try Segment.create(
                disk: disk, directory: directoryPath, baseOffset: logEndOffset,
                settings: settings, nowMs: nowMs)
            segments.append(new)
            flushes.directoryChanged()
            flushes.add(old)
            takeSnapshot()
            try old.trimIndexes()
            retire(old)
        } catch {
            throw failed(by: error)
        }
    }
}

/// The numbers of an append, made from its batches' headers.
private struct AppendExtent {
    var firstOffset: Int64
    var lastOffset: Int64
    var byteCount: Int
    var maxTimestamp: Int64 = -1
    /// Last offset of the first batch with that timestamp.
    var maxTimestampOffset: Int64

    init(
        _ batches: [RecordBatchHeader], firstOffset: Int64, byteCount: Int
    ) throws(LogError) {
        guard !batches.isEmpty else { throw .invalidAppend(reason: "no batches") }
        self.firstOffset = firstOffset
        self.byteCount = byteCount
        var next = firstOffset
        var total = 0
        maxTimestampOffset = firstOffset
        for batch in batches {
            guard batch.lastOffsetDelta >= 0, batch.sizeBytes >= RecordBatchHeader.byteCount else {
                throw .invalidAppend(reason: "a batch of \(batch.sizeBytes) bytes")
            }
            next += Int64(batch.lastOffsetDelta) + 1
            total += batch.sizeBytes
            if batch.maxTimestamp > maxTimestamp {
                maxTimestamp = batch.maxTimestamp
                maxTimestampOffset = next - 1
            }
        }
        guard total == byteCount else {
            throw .invalidAppend(reason: "batches of \(total) bytes in \(byteCount)")
        }
        guard next - firstOffset <= Int64(Int32.max) else {
            throw .invalidAppend(reason: "\(next - firstOffset) offsets")
        }
        lastOffset = next - 1
    }
}
