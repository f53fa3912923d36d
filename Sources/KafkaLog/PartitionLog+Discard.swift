extension PartitionLog {
    /// Takes segments out of the log: their files get the suffix `.deleted` and are left to the log
    /// directory's `DelayedRemovals`.
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
        for segment in dropped {
            segments.removeAll { $0 === segment }
            openSegments.removeAll { $0 === segment }
            flushes.remove(segment)
            segment.releaseFiles()
            sizeBytes -= segment.sizeBytes
            var kinds = SegmentFileName.Kind.allCases
            if !withSnapshots { kinds.removeAll { $0 == .snapshot } }
            let paths = try rename(kinds, of: segment)
            removals.add(files: paths, nowMs: nowMs, delayMs: settings.fileDeleteDelayMs)
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
}
