internal import KafkaBase

/// Opens one segment whose files exist: by a look at its indexes, or by a scan of its log.
struct SegmentLoader {
    struct Loaded {
        var segment: Segment
        /// The offset behind its last batch; nil where it was not looked for.
        var nextOffset: Int64?
        /// Where new leader epochs begin, as far as the segment was scanned.
        var epochs: [LeaderEpochCache.Entry] = []
        /// The producer state behind it, as far as the segment was scanned.
        var producers: ProducerStates?
        /// Whether bytes at its end were no batches and are gone.
        var wasCut = false
    }

    let disk: any Disk
    let directory: String
    let baseOffset: Int64
    let settings: LogSettings
    let nowMs: Int64
    let onFinding: @Sendable (LogFinding) -> Void

    private func path(_ kind: SegmentFileName.Kind) -> String {
        SegmentFileName(baseOffset, kind).path(in: directory)
    }

    /// Trusts the log and checks its indexes; rebuilds them if they are wrong.
    ///
    /// - Parameters:
    ///   - isLast: of the last segment the end is looked for, and bytes there that are no batch are
    ///     cut off, since appends go on behind them.
    ///   - producers: gives the producer state before the segment, where it must be scanned.
    func open(
        isLast: Bool, producers: () throws(LogError) -> ProducerStates
    ) throws(LogError) -> Loaded {
        let file = try disk.open(path(.log), .readWrite)
        let size = try file.size()
        if size == 0, try disk.fileSize(path(.txnindex)) ?? 0 == 0 { return try openEmpty() }
        let check = IndexCheck(disk: disk, baseOffset: baseOffset, log: file, logBytes: size)
        let offsets = try check.offsetIndex(path(.index))
        let times = try check.timeIndex(path(.timeindex))
        let transactions = try check.transactionIndex(path(.txnindex))
        guard case .good(let count, let last) = offsets,
            case .good(let timeCount, let lastTime) = times,
            case .good(let abortedCount, _) = transactions
        else {
            let reasons =
                reason(offsets, .index) + reason(times, .timeindex)
                + reason(transactions, .txnindex)
            var aborted: Int?
            if case .good(let count, _?) = transactions { aborted = count }
            return try rebuild(
                file, size, reasons, mayCut: isLast, goodAborted: aborted, try producers())
        }
        var loaded = Loaded(
            segment: Segment(
                disk: disk, directory: directory, baseOffset: baseOffset, sizeBytes: size,
                offsetIndex: IndexFile(disk: disk, path: path(.index), count: count, last: last),
                timeIndex: IndexFile(
                    disk: disk, path: path(.timeindex), count: timeCount, last: lastTime),
                transactionIndex: TransactionIndex(
                    disk: disk, path: path(.txnindex), count: abortedCount),
                maxTimestamp: lastTime?.timestamp ?? -1,
                maxTimestampOffset: baseOffset + Int64(lastTime?.relativeOffset ?? 0),
                nowMs: nowMs))
        loaded.segment.indexesAreGood()
        guard isLast else { return loaded }
        let end = try loaded.segment.findEnd()
        if end.problem != nil { return try recover(try producers()) }
        loaded.nextOffset = end.nextOffset
        return loaded
    }

    /// The indexes may have their full size still: nobody has to read that.
    private func openEmpty() throws(LogError) -> Loaded {
        try writeInPlace([OffsetIndexEntry](), path(.index))
        try writeInPlace([TimeIndexEntry](), path(.timeindex))
        let segment = Segment(
            disk: disk, directory: directory, baseOffset: baseOffset, sizeBytes: 0,
            offsetIndex: IndexFile(disk: disk, path: path(.index), count: 0, last: nil),
            timeIndex: IndexFile(disk: disk, path: path(.timeindex), count: 0, last: nil),
            transactionIndex: TransactionIndex(disk: disk, path: path(.txnindex), count: 0),
            maxTimestamp: -1, maxTimestampOffset: baseOffset, nowMs: nowMs)
        segment.indexesAreGood()
        return Loaded(segment: segment, nextOffset: baseOffset)
    }

    /// Scans the whole log, cuts off what is no good, and makes the indexes anew.
    ///
    /// - Parameter producers: the producer state before the segment.
    func recover(_ producers: ProducerStates) throws(LogError) -> Loaded {
        let file = try disk.open(path(.log), .readWrite)
        let size = try file.size()
        let result = try scan(file, size, producers)
        let wasCut = try cut(file, size, result)
        try writeInPlace(result.offsetEntries, path(.index))
        try writeInPlace(result.timeEntries, path(.timeindex))
        let hasTransactionIndex = try needsTransactionIndex(result)
        if hasTransactionIndex { try writeInPlace(result.aborted, path(.txnindex)) }
        return loaded(
            result, sizeBytes: result.validBytes, wasCut: wasCut,
            TransactionIndex(
                disk: disk, path: path(.txnindex), count: result.aborted.count,
                isChanged: hasTransactionIndex))
    }

    /// For indexes that do not fit a log that is trusted. Durable when it returns, for nobody looks
    /// at them again after a crash.
    private func rebuild(
        _ file: any DiskFile, _ size: Int, _ reasons: [(path: String, reason: String)],
        mayCut: Bool, goodAborted: Int?, _ producers: ProducerStates
    ) throws(LogError) -> Loaded {
        let result = try scan(file, size, producers)
        let wasCut = mayCut ? try cut(file, size, result) : false
        try disk.replace(path(.index), with: result.offsetEntries.encoded())
        try disk.replace(path(.timeindex), with: result.timeEntries.encoded())
        // One that is in order knows transactions that the scan may not: those behind damage.
        let keptAborted = wasCut ? nil : goodAborted
        if keptAborted == nil, try needsTransactionIndex(result) {
            try disk.replace(path(.txnindex), with: result.aborted.encoded())
        }
        if size > 0 {
            for (path, reason) in reasons {
                let bytes = try disk.fileSize(path) ?? 0
                onFinding(LogFinding(kind: .rebuilt, path: path, bytes: bytes, reason: reason))
            }
        }
        if !mayCut, let problem = result.problem {
            onFinding(
                LogFinding(
                    kind: .damaged, path: file.path, position: result.validBytes,
                    bytes: size - result.validBytes, reason: problem))
        }
        var loaded = loaded(
            result, sizeBytes: mayCut ? result.validBytes : size, wasCut: wasCut,
            TransactionIndex(
                disk: disk, path: path(.txnindex), count: keptAborted ?? result.aborted.count))
        if !mayCut, result.problem != nil {
            // What lies behind the damage is served, but nothing is known of it.
            loaded.producers = nil
            loaded.nextOffset = nil
        }
        return loaded
    }

    private func scan(
        _ file: any DiskFile, _ size: Int, _ producers: ProducerStates
    ) throws(LogError) -> SegmentScan.Result {
        let scan = SegmentScan(
            file, sizeBytes: size, baseOffset: baseOffset,
            indexIntervalBytes: settings.indexIntervalBytes, producers: producers)
        return try scan.run()
    }

    private func cut(
        _ file: any DiskFile, _ size: Int, _ result: SegmentScan.Result
    ) throws(LogError) -> Bool {
        guard result.validBytes < size else { return false }
        try file.truncate(to: result.validBytes)
        // Else a second crash could mix what was cut with what is appended now.
        try file.sync()
        onFinding(
            LogFinding(
                kind: .truncated, path: file.path, position: result.validBytes,
                bytes: size - result.validBytes, reason: result.problem ?? "no batch"))
        return true
    }

    private func loaded(
        _ result: SegmentScan.Result, sizeBytes: Int, wasCut: Bool,
        _ transactionIndex: TransactionIndex
    ) -> Loaded {
        Loaded(
            segment: Segment(
                disk: disk, directory: directory, baseOffset: baseOffset, sizeBytes: sizeBytes,
                offsetIndex: IndexFile(
                    disk: disk, path: path(.index), count: result.offsetEntries.count,
                    last: result.offsetEntries.last),
                timeIndex: IndexFile(
                    disk: disk, path: path(.timeindex), count: result.timeEntries.count,
                    last: result.timeEntries.last),
                transactionIndex: transactionIndex, maxTimestamp: result.maxTimestamp,
                maxTimestampOffset: result.maxTimestampOffset,
                nowMs: nowMs),
            nextOffset: result.nextOffset, epochs: result.epochs, producers: result.producers,
            wasCut: wasCut)
    }

    // MARK: Indexes

    private func reason<Entry: IndexEntry>(
        _ outcome: IndexCheck.Outcome<Entry>, _ kind: SegmentFileName.Kind
    ) -> [(path: String, reason: String)] {
        guard case .bad(let reason) = outcome else { return [] }
        return [(path(kind), reason)]
    }

    /// Few segments have one; a file that is there must say what the log does.
    private func needsTransactionIndex(_ result: SegmentScan.Result) throws(LogError) -> Bool {
        if !result.aborted.isEmpty { return true }
        return try disk.fileSize(path(.txnindex)) != nil
    }

    /// After another crash it is made again, so nothing is synced here.
    private func writeInPlace<Entry: IndexEntry>(
        _ entries: [Entry], _ path: String
    ) throws(LogError) {
        try disk.write(entries.encoded(), to: path)
    }
}
