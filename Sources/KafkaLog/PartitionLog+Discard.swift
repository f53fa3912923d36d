/// Files of segments that have left the log, under their `.deleted` names, until it is time for them
/// to go (`file.delete.delay.ms`). A value of its log. One entry a segment.
struct DiscardedFiles {
    private var files: [(dueMs: Int64, paths: [String])] = []

    mutating func add(_ paths: [String], dueMs: Int64) {
        files.append((dueMs, paths))
    }

    mutating func takeDue(nowMs: Int64) -> [String] {
        let due = files.filter { $0.dueMs <= nowMs }.flatMap(\.paths)
        if !due.isEmpty { files.removeAll { $0.dueMs <= nowMs } }
        return due
    }
}

extension PartitionLog {
    /// Takes segments out of the log: their files get the suffix `.deleted` and stay for
    /// `file.delete.delay.ms`, so that reads which are under way go on; a restart removes them too.
    ///
    /// The log start must lie above them already, or others stand for them. The oldest go first:
    /// a crash in between leaves no hole.
    ///
    /// - Parameters:
    ///   - dropped: in the order of their offsets; not all of the log's.
    ///   - withSnapshots: whether the producer snapshots at their base offsets go too.
    /// - Throws: `io`, and the directory is failed.
    func discard(
        _ dropped: [Segment], withSnapshots: Bool = true, nowMs: Int64
    ) throws(LogError) {
        guard !dropped.isEmpty else { return }
        precondition(dropped.count < segments.count, "a log keeps a segment")
        flushes.directoryChanged()
        hints.removeAll()
        let dueMs = nowMs &+ settings.fileDeleteDelayMs
        for segment in dropped {
            segments.removeAll { $0 === segment }
            openSegments.removeAll { $0 === segment }
            flushes.remove(segment)
            segment.releaseFiles()
            sizeBytes -= segment.sizeBytes
            var kinds = SegmentFileName.Kind.allCases
            if !withSnapshots { kinds.removeAll { $0 == .snapshot } }
            let paths = try rename(kinds, of: segment)
            discarded.add(paths, dueMs: dueMs < nowMs ? .max : dueMs)
        }
    }

    private func rename(
        _ kinds: [SegmentFileName.Kind], of segment: Segment
    ) throws(LogError) -> [String] {
        var renamed: [String] = []
        for kind in kinds {
            let path = SegmentFileName(segment.baseOffset, kind, .deleted).path(in: directoryPath)
            do throws(LogError) {
                try disk.rename(segment.path(kind), to: path)
                renamed.append(path)
            } catch {
                if error.isNotFound { continue }
                health.fail(error)
                throw error
            }
        }
        return renamed
    }

    /// Files whose time has come. The caller removes them, on a thread that may block.
    public func takeDueFiles(nowMs: Int64) -> [String] { discarded.takeDue(nowMs: nowMs) }
}
