internal import KafkaRecords

/// Finds the producer state of a log that is being loaded: the newest snapshot that can be read,
/// and what the batches behind it add (Kafka's `UnifiedLog.rebuildProducerState`).
///
/// Used by a `LogLoader`, on its thread. Blocks; of the batches it reads the headers.
struct ProducerStateLoader {
    let disk: any Disk
    let directory: String
    let settings: LogSettings
    let nowMs: Int64
    /// After a clean stop nothing is read but a snapshot: `ProducerWindowFile` has the rest.
    let wasClean: Bool
    let onFinding: @Sendable (LogFinding) -> Void

    /// Offsets that there are snapshots of, rising.
    func snapshots() throws(LogError) -> [Int64] {
        try disk.list(directory).compactMap { entry in
            guard let name = SegmentFileName(entry.name), name.kind == .snapshot,
                name.suffix == .none
            else { return nil }
            return name.offset
        }
    }

    /// The state in front of an offset.
    ///
    /// - Parameters:
    ///   - bases: base offsets of the segments, rising; what they hold below `offset` is good.
    ///   - logStartOffset: snapshots at or below tell of nothing that is still there.
    /// - Throws: `io`. A snapshot that is damaged is told of, and an older one taken.
    func states(
        at offset: Int64, bases: [Int64], logStartOffset: Int64
    ) throws(LogError) -> ProducerStates {
        var states = ProducerStates()
        var start = logStartOffset
        for snapshot in try snapshots().reversed() where snapshot <= offset {
            guard snapshot > logStartOffset else { break }
            guard let found = try read(snapshot) else { continue }
            states = found
            start = snapshot
            if !wasClean {
                try ProducerWindows(disk: disk, directory: directory, bases: bases)
                    .restore(in: &states, before: snapshot)
            }
            break
        }
        if start < offset { try replay(&states, from: start, to: offset, bases) }
        states.removeExpired(nowMs: nowMs, expirationMs: settings.producerExpirationMs)
        return states
    }

    /// Removes snapshots that nothing can be loaded from: those beyond the log's end, and those
    /// that belong to no segment, but for the newest (Kafka's `removeStraySnapshots`).
    func removeStrays(bases: [Int64], endOffset: Int64) throws(LogError) {
        let kept = try snapshots()
        let newest = kept.last { $0 <= endOffset }
        for offset in kept where offset > endOffset || !(bases.contains(offset) || offset == newest)
        {
            try disk.removeFile(path(offset))
        }
    }

    func path(_ offset: Int64) -> String {
        SegmentFileName(offset, .snapshot).path(in: directory)
    }

    /// Nil, and the file is gone, where it is damaged.
    private func read(_ offset: Int64) throws(LogError) -> ProducerStates? {
        do throws(LogError) {
            return ProducerStates(
                try ProducerSnapshot(offset: offset, path: path(offset), disk: disk).entries)
        } catch .corrupt(let path, let position, let reason) {
            let bytes = try disk.fileSize(path) ?? 0
            try disk.removeFile(path)
            onFinding(
                LogFinding(
                    kind: .deleted, path: path, position: position, bytes: bytes, reason: reason))
            return nil
        }
    }

    // MARK: Batches

    private func replay(
        _ states: inout ProducerStates, from start: Int64, to end: Int64, _ bases: [Int64]
    ) throws(LogError) {
        let first = bases.lastIndex { $0 <= start } ?? 0
        for base in bases.dropFirst(first) where base < end {
            try replay(&states, base, from: start, to: end)
        }
    }

    private func replay(
        _ states: inout ProducerStates, _ base: Int64, from start: Int64, to end: Int64
    ) throws(LogError) {
        let file = try disk.open(SegmentFileName(base, .log).path(in: directory), .read)
        let size = try file.size()
        var next = base
        var batches = ScanBuffer(capacity: BatchScanner.largeBlockBytes)
        var replayed = states
        do throws(LogError) {
            try BatchScanner.forEach(
                in: file, to: size, blockBytes: BatchScanner.largeBlockBytes
            ) { (frame) throws(LogError) in
                guard frame.baseOffset < end else { return .stop }
                guard frame.follows(next) else {
                    throw .corrupt(
                        path: file.path, position: frame.position, reason: "offsets go back")
                }
                next = frame.lastOffset + 1
                guard frame.magic == 2, frame.lastOffset >= start else { return .continue }
                if let batch = try batches.sequencedBatch(of: frame, in: file, limit: size) {
                    _ = replayed.replay(batch)
                }
                return .continue
            }
        } catch .corrupt(let path, let position, let reason) {
            // Nothing else reads the batches of a segment that is known to be durable.
            onFinding(
                LogFinding(
                    kind: .damaged, path: path, position: position, bytes: size - position,
                    reason: reason))
        }
        states = replayed
    }
}
