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
            // The ticket keeps them open for as long as it needs them.
            if !wasOpen { segment.releaseFiles() }
        }
        if flushedOffset < logEndOffset { files.append(try active.logFile()) }
        if let path = flushes.metadataPath { files.append(try disk.open(path, .readWrite)) }
        return FlushTicket(
            endOffset: logEndOffset, sequence: flushes.sequence, files: files,
            directory: flushes.isDirectoryDirty ? directoryPath : nil,
            epochs: flushes.areEpochsDirty ? epochs : nil, epochFile: epochFile,
            directoryPath: directoryPath, disk: disk, health: health)
    }

    /// Takes into account that a ticket of this log was done with success.
    public func didFlush(_ ticket: FlushTicket) {
        flushedOffset = max(flushedOffset, min(ticket.endOffset, logEndOffset))
        flushes.done(upTo: ticket.sequence)
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
            health.fail(error)
            throw error
        }
        flushes.add(active)
        try flush()
        isClosed = true
        releaseFiles()
    }

    /// Whether there is nothing to be made durable: nothing has happened since a clean start, or
    /// since the log was made (then the next start makes what a crash takes away).
    private var isAsLoaded: Bool {
        if logEndOffset == 0 { return segments.count == 1 && epochs.entries.isEmpty }
        return flushes.isClean && flushedOffset == logEndOffset && !active.hasNewIndexEntries
    }

    /// Closes all files; they open again when needed.
    func releaseFiles() {
        for segment in segments { segment.releaseFiles() }
        openSegments.removeAll()
        hints.removeAll()
    }
}
