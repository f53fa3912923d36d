extension PartitionLog {
    /// What must be synced for all that was appended so far to be durable; nil when it is already.
    ///
    /// Hand it to `FlushQueue`, and to `didFlush` on this log's thread when it is done.
    ///
    /// - Throws: `io` when a file cannot be opened.
    public func flushTicket() throws(LogError) -> FlushTicket? {
        guard flushedOffset < logEndOffset || !flushes.isClean else { return nil }
        var files: [any DiskFile] = []
        for (segment, _) in flushes.segments {
            let wasOpen = segment.isLogOpen
            files.append(try segment.logFile())
            files.append(try segment.offsetIndex.opened())
            files.append(try segment.timeIndex.opened())
            if let file = try segment.transactionIndex.changedFile() { files.append(file) }
            // The ticket keeps them open for as long as it needs them.
            if !wasOpen { segment.releaseFiles() }
        }
        if flushedOffset < logEndOffset { files.append(try active.logFile()) }
        if let path = flushes.metadataPath { files.append(try disk.open(path, .readWrite)) }
        return FlushTicket(
            endOffset: logEndOffset, sequence: flushes.sequence, files: files,
            directory: flushes.isDirectoryDirty ? directoryPath : nil,
            snapshots: flushes.snapshots.map(\.snapshot),
            epochs: flushes.areEpochsDirty ? epochs : nil, epochFile: epochFile,
            directoryPath: directoryPath, disk: disk, health: health)
    }

    /// Takes into account that a ticket of this log was done with success.
    public func didFlush(_ ticket: FlushTicket) {
        flushedOffset = max(flushedOffset, min(ticket.endOffset, logEndOffset))
        flushes.done(upTo: ticket.sequence)
        guard ticket.epochs != nil else { return }
        if !epochFile.hasWritten(ticket.sequence) {
            // A full disk has kept them out: they are written with the next ticket.
            flushes.epochsChanged()
        } else if !flushes.areEpochsDirty {
            unsavedEpochStart = nil
        }
    }

    /// Makes everything durable on the calling thread. Blocks.
    ///
    /// - Throws: `io`, and the directory is marked failed.
    public func flush() throws(LogError) {
        try health.check()
        guard let ticket = try flushTicket() else { return }
        try FlushWork.run(ticket)
        didFlush(ticket)
    }

    /// Ends the log's use: completes and trims the indexes, makes all durable, closes the files.
    /// Blocks, but for a log that holds nothing new.
    func close() throws(LogError) {
        try health.check()
        guard !isAsLoaded else {
            isClosed = true
            return releaseFiles()
        }
        do throws(LogError) {
            try active.completeTimeIndex(settings: settings)
            try active.trimIndexes()
        } catch {
            if !error.isShortage { health.fail(error) }
            throw error
        }
        flushes.add(active)
        // A full disk may have kept it from being written when the segment was begun.
        if try !hasSnapshot() { snapshotOffset = 0 }
        takeSnapshot()
        try flush()
        guard try hasSnapshot(), !flushes.areEpochsDirty else {
            throw .noSpace(path: directoryPath)
        }
        isClosed = true
        releaseFiles()
    }

    /// Whether there is nothing to be made durable: nothing has happened since a clean start, or
    /// since the log was made (then the next start makes what a crash takes away).
    private var isAsLoaded: Bool {
        if logEndOffset == 0 { return segments.count == 1 && epochs.entries.isEmpty }
        return flushes.isClean && flushedOffset == logEndOffset
            && snapshotOffset == logEndOffset && !active.hasNewIndexEntries
    }

    /// Whether the producer state at the log's end stands in a file: after a clean stop nobody
    /// reads the batches again to find out.
    private func hasSnapshot() throws(LogError) -> Bool {
        guard logEndOffset > 0 else { return true }
        let path = SegmentFileName(logEndOffset, .snapshot).path(in: directoryPath)
        return try disk.fileSize(path) != nil
    }

    /// Has the producer state at the log's end written with the next ticket, unless it stands in a
    /// file already.
    func takeSnapshot() {
        guard logEndOffset > snapshotOffset else { return }
        snapshotOffset = logEndOffset
        flushes.add(ProducerSnapshot(offset: logEndOffset, producers))
    }

    /// Forgets producers that have been idle for `producer.id.expiration.ms`. To be called now and
    /// then.
    public func removeExpiredProducers(nowMs: Int64) {
        producers.removeExpired(nowMs: nowMs, expirationMs: settings.producerExpirationMs)
    }

    /// Closes all files; they open again when needed.
    func releaseFiles() {
        for segment in segments { segment.releaseFiles() }
        openSegments.removeAll()
        hints.removeAll()
    }
}
