internal import KafkaBase

/// Opens one segment whose files exist: by a look at its indexes, or by a scan of its log.
struct SegmentLoader {
    struct Loaded {
        var segment: Segment
        /// The offset behind its last batch; nil where it was not looked for.
        var nextOffset: Int64?
        /// Where new leader epochs begin, as far as the segment was scanned.
        var epochs: [LeaderEpochCache.Entry] = []
        /// Whether bytes at its end were no batches and are gone.
        var wasCut = false
    }

    let disk: any Disk
    let directory: String
    let baseOffset: Int64
    let settings: LogSettings
    let onFinding: @Sendable (LogFinding) -> Void

    private func path(_ kind: SegmentFileName.Kind) -> String {
        SegmentFileName(baseOffset, kind).path(in: directory)
    }

    /// Trusts the log and checks its indexes; rebuilds them if they are wrong.
    ///
    /// - Parameter isLast: of the last segment the end is looked for, and bytes there that are no
    ///   batch are cut off, since appends go on behind them.
    func open(isLast: Bool) throws(LogError) -> Loaded {
        let file = try disk.open(path(.log), .readWrite)
        let size = try file.size()
        if size == 0 { return try openEmpty() }
        let check = IndexCheck(disk: disk, baseOffset: baseOffset, log: file, logBytes: size)
        let offsets = try check.offsetIndex(path(.index))
        let times = try check.timeIndex(path(.timeindex))
        guard case .good(let count, let last) = offsets,
            case .good(let timeCount, let lastTime) = times
        else { return try rebuild(file, size, reasons(offsets, times), mayCut: isLast) }
        var loaded = Loaded(
            segment: Segment(
                disk: disk, directory: directory, baseOffset: baseOffset, sizeBytes: size,
                offsetIndex: IndexFile(disk: disk, path: path(.index), count: count, last: last),
                timeIndex: IndexFile(
                    disk: disk, path: path(.timeindex), count: timeCount, last: lastTime),
                maxTimestamp: lastTime?.timestamp ?? -1,
                maxTimestampOffset: baseOffset + Int64(lastTime?.relativeOffset ?? 0),
                nowMs: KafkaClock.system.nowMs))
        loaded.segment.indexesAreGood()
        guard isLast else { return loaded }
        let end = try loaded.segment.findEnd()
        if end.problem != nil { return try recover() }
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
            maxTimestamp: -1, maxTimestampOffset: baseOffset, nowMs: KafkaClock.system.nowMs)
        segment.indexesAreGood()
        return Loaded(segment: segment, nextOffset: baseOffset)
    }

    /// Scans the whole log, cuts off what is no good, and makes the indexes anew.
    func recover() throws(LogError) -> Loaded {
        let file = try disk.open(path(.log), .readWrite)
        let size = try file.size()
        let result = try scan(file, size)
        let wasCut = try cut(file, size, result)
        try writeInPlace(result.offsetEntries, path(.index))
        try writeInPlace(result.timeEntries, path(.timeindex))
        return loaded(result, sizeBytes: result.validBytes, wasCut: wasCut)
    }

    /// For indexes that do not fit a log that is trusted. Durable when it returns, for nobody looks
    /// at them again after a crash.
    private func rebuild(
        _ file: any DiskFile, _ size: Int, _ reasons: [(path: String, reason: String)], mayCut: Bool
    ) throws(LogError) -> Loaded {
        let result = try scan(file, size)
        let wasCut = mayCut ? try cut(file, size, result) : false
        try disk.replace(path(.index), with: encoded(result.offsetEntries))
        try disk.replace(path(.timeindex), with: encoded(result.timeEntries))
        if size > 0 {
            for (path, reason) in reasons {
                let bytes = try disk.fileSize(path) ?? 0
                onFinding(LogFinding(kind: .rebuilt, path: path, bytes: bytes, reason: reason))
            }
        }
        if !mayCut, let problem = result.problem {
            onFinding(
                LogFinding(
                    kind: .ignored, path: file.path, position: result.validBytes,
                    bytes: size - result.validBytes, reason: problem))
        }
        return loaded(result, sizeBytes: mayCut ? result.validBytes : size, wasCut: wasCut)
    }

    private func scan(_ file: any DiskFile, _ size: Int) throws(LogError) -> SegmentScan.Result {
        let scan = SegmentScan(
            file, sizeBytes: size, baseOffset: baseOffset,
            indexIntervalBytes: settings.indexIntervalBytes)
        return try scan.run()
    }

    private func cut(
        _ file: any DiskFile, _ size: Int, _ result: SegmentScan.Result
    ) throws(LogError) -> Bool {
        guard result.validBytes < size else { return false }
        try file.truncate(to: result.validBytes)
        // Else a second crash could mix what was cut with what is appended now.
        try file.sync()
        try TransactionIndex.truncate(path(.txnindex), to: result.nextOffset, disk: disk)
        onFinding(
            LogFinding(
                kind: .truncated, path: file.path, position: result.validBytes,
                bytes: size - result.validBytes, reason: result.problem ?? "no batch"))
        return true
    }

    private func loaded(
        _ result: SegmentScan.Result, sizeBytes: Int, wasCut: Bool
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
                maxTimestamp: result.maxTimestamp, maxTimestampOffset: result.maxTimestampOffset,
                nowMs: KafkaClock.system.nowMs),
            nextOffset: result.nextOffset, epochs: result.epochs, wasCut: wasCut)
    }

    // MARK: Indexes

    private func reasons(
        _ offsets: IndexCheck.Outcome<OffsetIndexEntry>, _ times: IndexCheck.Outcome<TimeIndexEntry>
    ) -> [(path: String, reason: String)] {
        var reasons: [(path: String, reason: String)] = []
        if case .bad(let reason) = offsets { reasons.append((path(.index), reason)) }
        if case .bad(let reason) = times { reasons.append((path(.timeindex), reason)) }
        return reasons
    }

    private func encoded<Entry: IndexEntry>(_ entries: [Entry]) -> [UInt8] {
        // For no room the initializer writes into the one empty array that all threads share.
        guard !entries.isEmpty else { return [] }
        let byteCount = entries.count * Entry.byteCount
        return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            for (index, entry) in entries.enumerated() {
                entry.encode(
                    into: UnsafeMutableRawBufferPointer(
                        rebasing: bytes[(index * Entry.byteCount)...]))
            }
            count = entries.count * Entry.byteCount
        }
    }

    /// After another crash it is made again, so nothing is synced here.
    private func writeInPlace<Entry: IndexEntry>(
        _ entries: [Entry], _ path: String
    ) throws(LogError) {
        let file = try disk.open(path, .create)
        try file.truncate(to: 0)
        try file.write(encoded(entries), at: 0)
    }
}
