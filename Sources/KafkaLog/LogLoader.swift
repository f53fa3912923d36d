internal import KafkaBase
internal import KafkaRecords

/// Brings one partition's directory into a state to work on (Kafka's `LogLoader`): completes what
/// was under way, checks or scans the segments, and tells what it put right.
///
/// Used once, on one thread. Blocks.
struct LogLoader {
    let disk: any Disk
    let directory: String
    let partition: TopicPartition
    let settings: LogSettings
    /// Whether the last owner had flushed everything.
    let wasClean: Bool
    /// Below this offset everything was known to be durable.
    let recoveryPoint: Int64
    /// As the directory's checkpoint has it, 0 for none.
    var logStartOffset: Int64
    let nowMs: Int64
    let onFinding: @Sendable (LogFinding) -> Void
    /// Last batches of producers at the log's end, the one that a snapshot keeps among them.
    var windows: [Int64: [ProducerEntry.Batch]] = [:]
    /// Told of the bytes of each segment that was scanned.
    var onScanned: @Sendable (Int) -> Void = { _ in }

    private var segments: [Segment] = []
    private var scanned: [Segment] = []
    private var epochs = LeaderEpochCache()
    /// As it is behind the segment that was loaded last; nil where that one was not scanned.
    private var producers: ProducerStates?
    private var hasUnsavedEpochs = false
    private var hasUnsyncedDirectory = false
    private var scannedBytes = 0

    init(
        disk: any Disk, directory: String, partition: TopicPartition, settings: LogSettings,
        wasClean: Bool, recoveryPoint: Int64, logStartOffset: Int64,
        nowMs: Int64 = KafkaClock.system.nowMs,
        onFinding: @escaping @Sendable (LogFinding) -> Void
    ) {
        self.disk = disk
        self.directory = directory
        self.partition = partition
        self.settings = settings
        self.wasClean = wasClean
        self.recoveryPoint = recoveryPoint
        self.logStartOffset = logStartOffset
        self.nowMs = nowMs
        self.onFinding = onFinding
    }

    mutating func load() throws(LogError) -> LoadedLog {
        var files = DirectoryCleanup(disk: disk, directory: directory, onFinding: onFinding)
        let bases = try dropBelowStart(files.run())
        hasUnsyncedDirectory = hasUnsyncedDirectory || files.hasChanged
        try readEpochs(bases)
        var endOffset = try loadSegments(bases)
        if endOffset < logStartOffset {
            try dropAll("the log ends at \(endOffset), below its start at \(logStartOffset)")
            endOffset = logStartOffset
        }
        if segments.isEmpty {
            segments = [
                try Segment.create(
                    disk: disk, directory: directory, baseOffset: logStartOffset,
                    settings: settings, nowMs: nowMs)
            ]
            endOffset = logStartOffset
            hasUnsyncedDirectory = true
        }
        logStartOffset = max(logStartOffset, segments[0].baseOffset)
        return try finish(endOffset: endOffset)
    }

    private mutating func finish(endOffset: Int64) throws(LogError) -> LoadedLog {
        if epochs.truncate(fromEnd: endOffset) { hasUnsavedEpochs = true }
        if epochs.truncate(fromStart: logStartOffset) { hasUnsavedEpochs = true }
        var states = try producerStates(at: endOffset)
        for (id, batches) in windows { states.restoreWindow(of: id, batches) }
        let loader = stateLoader
        try loader.removeStrays(bases: segments.map(\.baseOffset), endOffset: endOffset)
        if scannedBytes > 0 {
            report(.recovered, directory, bytes: scannedBytes, "\(scanned.count) segments")
        }
        // Files open again when they are needed; a broker has many idle partitions.
        for segment in segments { segment.releaseFiles() }
        return LoadedLog(
            topicPartition: partition, topicID: try topicID(), directory: directory,
            settings: settings, segments: segments, epochs: epochs, producers: states,
            snapshotOffset: try loader.snapshots().last ?? 0,
            logStartOffset: logStartOffset, logEndOffset: endOffset,
            flushedOffset: wasClean ? endOffset : min(recoveryPoint, endOffset),
            unflushedSegments: scanned.filter { $0 !== segments.last },
            hasUnsyncedDirectory: hasUnsyncedDirectory, hasUnsavedEpochs: hasUnsavedEpochs)
    }

    private func topicID() throws(LogError) -> Uuid {
        do throws(LogError) {
            return try PartitionMetadataFile.read(disk: disk, directory: directory) ?? .zero
        } catch .corrupt(let path, _, let reason) {
            report(.ignored, path, bytes: 0, reason)
            return .zero
        }
    }

    // MARK: Epochs

    /// A file that cannot be read is made again from the batches' headers.
    private mutating func readEpochs(_ bases: [Int64]) throws(LogError) {
        do throws(LogError) {
            epochs = try LeaderEpochFile(disk: disk, directory: directory).read() ?? epochs
        } catch .corrupt(let path, _, let reason) {
            for base in bases { try collectEpochs(base) }
            hasUnsavedEpochs = true
            report(.rebuilt, path, bytes: 0, reason)
        }
    }

    private mutating func collectEpochs(_ base: Int64) throws(LogError) {
        let file = try disk.open(SegmentFileName(base, .log).path(in: directory), .read)
        let size = try file.size()
        var found = epochs
        do throws(LogError) {
            try BatchScanner.forEach(
                in: file, to: size, blockBytes: BatchScanner.largeBlockBytes
            ) { frame in
                if frame.leaderEpoch > found.latestEpoch ?? -1 {
                    found.assign(epoch: frame.leaderEpoch, startOffset: frame.baseOffset)
                }
                return .continue
            }
        } catch .corrupt {
            // Loading the segment says so.
        }
        epochs = found
    }

    // MARK: Producers

    private var stateLoader: ProducerStateLoader {
        ProducerStateLoader(
            disk: disk, directory: directory, settings: settings, nowMs: nowMs,
            wasClean: wasClean, onFinding: onFinding)
    }

    /// The producer state in front of an offset, at or behind the end of what was loaded so far.
    private func producerStates(at offset: Int64) throws(LogError) -> ProducerStates {
        if let producers { return producers }
        return try stateLoader.states(
            at: offset, bases: segments.map(\.baseOffset), logStartOffset: logStartOffset)
    }

    /// Takes over what a scan found. Where another segment comes behind it, a snapshot makes sure
    /// that this one need not be scanned for the state again.
    private mutating func take(
        _ loaded: SegmentLoader.Loaded, nextBase: Int64?
    ) throws(LogError) {
        producers = loaded.producers
        guard let states = producers, let nextBase, !loaded.wasCut else { return }
        let path = stateLoader.path(nextBase)
        guard try disk.fileSize(path) == nil else { return }
        do throws(LogError) {
            try ProducerSnapshot(offset: nextBase, states).write(to: path, disk: disk)
        } catch {
            guard error.isShortage else { throw error }
            try disk.removeFile(path)
        }
        hasUnsyncedDirectory = true
    }

    // MARK: Segments

    /// - Returns: the log's end offset.
    private mutating func loadSegments(_ bases: [Int64]) throws(LogError) -> Int64 {
        // The segment that holds the recovery point, and all behind it, may not be on the disk.
        let firstUnsafe = max(0, (bases.lastIndex { $0 <= recoveryPoint }) ?? 0)
        if !wasClean, !bases.isEmpty { try dropSnapshots(above: bases[firstUnsafe]) }
        var endOffset = logStartOffset
        var previousEnd: Int64?
        for (index, base) in bases.enumerated() {
            let isLast = index == bases.count - 1
            let mustScan = !wasClean && index >= firstUnsafe
            if mustScan, let previousEnd, let reason = misfit(base, behind: previousEnd) {
                try dropFiles(of: bases[index...], reason)
                break
            }
            let loader = SegmentLoader(
                disk: disk, directory: directory, baseOffset: base, settings: settings,
                nowMs: nowMs, onFinding: onFinding)
            let loaded =
                mustScan
                ? try loader.recover(try producerStates(at: base))
                : try loader.open(isLast: isLast) { () throws(LogError) in
                    try producerStates(at: base)
                }
            segments.append(loaded.segment)
            try take(loaded, nextBase: isLast ? nil : bases[index + 1])
            if mustScan {
                scanned.append(loaded.segment)
                scannedBytes += loaded.segment.sizeBytes
                onScanned(loaded.segment.sizeBytes)
            }
            // The file may know an epoch from batches that a crash took back, and that then began
            // at another offset.
            for entry in loaded.epochs
            where epochs.epoch(at: entry.startOffset) ?? -1 != entry.epoch {
                epochs.assign(epoch: entry.epoch, startOffset: entry.startOffset)
                hasUnsavedEpochs = true
            }
            previousEnd = mustScan ? loaded.nextOffset : nil
            endOffset = loaded.nextOffset ?? endOffset
            if loaded.wasCut {
                try dropFiles(of: bases[(index + 1)...], "behind a cut")
                try dropSnapshots(above: endOffset)
                hasUnsyncedDirectory = true
                break
            }
        }
        return endOffset
    }

    /// Whether a segment cannot follow one that ends at `previousEnd`.
    ///
    /// Below: an unlinked segment that a crash has brought back. Above: the tail of the one before
    /// was lost; since a flush covers both, nothing behind it was acknowledged. Compaction leaves
    /// gaps of its own.
    private func misfit(_ base: Int64, behind previousEnd: Int64) -> String? {
        if base < previousEnd { return "begins below \(previousEnd), the end of the one before" }
        if base > previousEnd, previousEnd >= recoveryPoint, !settings.isCompacted {
            return "the offsets from \(previousEnd) on are lost"
        }
        return nil
    }

    // MARK: Dropping

    /// Completes what retention or DeleteRecords had begun: their segments may be there in part,
    /// which would look like a hole.
    ///
    /// - Returns: the bases that remain.
    private mutating func dropBelowStart(_ bases: [Int64]) throws(LogError) -> [Int64] {
        let kept = bases.lastIndex { $0 <= logStartOffset } ?? 0
        for base in bases[..<kept] {
            for kind in SegmentFileName.Kind.allCases {
                try disk.removeFile(SegmentFileName(base, kind).path(in: directory))
            }
            hasUnsyncedDirectory = true
        }
        return Array(bases[kept...])
    }

    private mutating func dropFiles(
        of bases: some Collection<Int64>, _ reason: String
    ) throws(LogError) {
        for base in bases {
            let log = SegmentFileName(base, .log).path(in: directory)
            report(.deleted, log, bytes: try disk.fileSize(log) ?? 0, reason)
            for kind in [SegmentFileName.Kind.log, .index, .timeindex, .txnindex] {
                try disk.removeFile(SegmentFileName(base, kind).path(in: directory))
            }
        }
        // A segment of the same name may soon be made, and must not be taken for the old one.
        if !bases.isEmpty { try disk.syncDirectory(directory) }
    }

    private func dropSnapshots(above offset: Int64) throws(LogError) {
        for entry in try disk.list(directory) {
            if let name = SegmentFileName(entry.name), name.kind == .snapshot, name.offset > offset
            {
                try disk.removeFile(directory + "/" + entry.name)
            }
        }
    }

    private mutating func dropAll(_ reason: String) throws(LogError) {
        try dropFiles(of: segments.map(\.baseOffset), reason)
        segments = []
        scanned = []
        epochs = LeaderEpochCache()
        producers = nil
        try dropSnapshots(above: -1)
        hasUnsavedEpochs = true
    }

    private func report(
        _ kind: LogFinding.Kind, _ path: String, bytes: Int, _ reason: String
    ) {
        onFinding(LogFinding(kind: kind, path: path, bytes: bytes, reason: reason))
    }
}
