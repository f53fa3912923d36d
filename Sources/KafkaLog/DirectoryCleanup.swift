internal import KafkaRecords

/// Completes what was under way in a partition's directory when its last owner ended: deletions,
/// and replacements of segments by compacted ones. Blocks.
struct DirectoryCleanup {
    let disk: any Disk
    let directory: String
    let onFinding: @Sendable (LogFinding) -> Void
    /// Whether the directory is to be synced.
    private(set) var hasChanged = false

    init(
        disk: any Disk, directory: String, onFinding: @escaping @Sendable (LogFinding) -> Void
    ) {
        self.disk = disk
        self.directory = directory
        self.onFinding = onFinding
    }

    /// - Returns: the base offsets of the segments that remain, rising.
    mutating func run() throws(LogError) -> [Int64] {
        var names = try segmentFiles()
        names = try dropUnfinished(names)
        let swaps = try dropDamaged(names.filter { $0.suffix == .swap }, among: names)
        if !swaps.isEmpty {
            try complete(swaps, among: names)
            names = try segmentFiles()
        }
        let bases = Set(names.filter { $0.kind == .log }.map(\.offset))
        for name in names where name.kind.isIndex && !bases.contains(name.offset) {
            try remove(name, "an index without its log")
        }
        return bases.sorted()
    }

    private func segmentFiles() throws(LogError) -> [SegmentFileName] {
        try disk.list(directory).filter { !$0.isDirectory }.compactMap { SegmentFileName($0.name) }
    }

    /// Drops `.deleted` and `.cleaned`, and each `.swap` at or above the lowest `.cleaned`: it
    /// belongs to a split of a segment that had not got to its end.
    private mutating func dropUnfinished(
        _ names: [SegmentFileName]
    ) throws(LogError) -> [SegmentFileName] {
        let lowestCleaned = names.filter { $0.suffix == .cleaned }.map(\.offset).min() ?? .max
        var kept: [SegmentFileName] = []
        for name in names {
            switch name.suffix {
            case .deleted, .cleaned: try remove(name, nil)
            case .swap where name.offset >= lowestCleaned: try remove(name, nil)
            case .swap, .none: kept.append(name)
            }
        }
        return kept
    }

    /// Drops swap files whose log is damaged, as long as the segment is there that they were to
    /// replace.
    private mutating func dropDamaged(
        _ swaps: [SegmentFileName], among names: [SegmentFileName]
    ) throws(LogError) -> [SegmentFileName] {
        var kept = swaps
        for log in swaps where log.kind == .log {
            let original = SegmentFileName(log.offset, .log)
            guard names.contains(original), let problem = try problem(of: log) else { continue }
            for name in swaps where name.offset == log.offset {
                try remove(name, "a compacted segment that is damaged: \(problem)")
            }
            kept.removeAll { $0.offset == log.offset }
        }
        return kept
    }

    private func problem(of log: SegmentFileName) throws(LogError) -> String? {
        let file = try disk.open(log.path(in: directory), .read)
        let scan = SegmentScan(
            file, sizeBytes: try file.size(), baseOffset: log.offset, indexIntervalBytes: .max,
            producers: ProducerStates())
        return try scan.run().problem
    }

    /// Deletes the originals that the swap files stand for, then gives these their names.
    private mutating func complete(
        _ swaps: [SegmentFileName], among names: [SegmentFileName]
    ) throws(LogError) {
        let logs = swaps.filter { $0.kind == .log }
        if let first = logs.map(\.offset).min() {
            var end = first
            for log in logs { end = max(end, try endOffset(of: log)) }
            for name in names
            where name.suffix == .none && name.kind != .snapshot && name.offset >= first
                && name.offset < end
            {
                try remove(name, "replaced by a compacted segment")
            }
        }
        for name in swaps {
            let target = SegmentFileName(name.offset, name.kind)
            try disk.rename(name.path(in: directory), to: target.path(in: directory))
            hasChanged = true
        }
    }

    /// The offset behind the last batch of a file that is not loaded yet.
    private func endOffset(of name: SegmentFileName) throws(LogError) -> Int64 {
        let file = try disk.open(name.path(in: directory), .read)
        let size = try file.size()
        var end = name.offset + 1
        do throws(LogError) {
            try BatchScanner.forEach(
                in: file, to: size, blockBytes: BatchScanner.largeBlockBytes
            ) { frame in
                guard frame.follows(name.offset) else { return .stop }
                end = max(end, frame.lastOffset + 1)
                return .continue
            }
        } catch .corrupt {
            // What follows is seen when the segment is loaded.
        }
        return end
    }

    private mutating func remove(_ name: SegmentFileName, _ finding: String?) throws(LogError) {
        let path = name.path(in: directory)
        if let finding {
            let bytes = try disk.fileSize(path) ?? 0
            onFinding(LogFinding(kind: .deleted, path: path, bytes: bytes, reason: finding))
        }
        try disk.removeFile(path)
        hasChanged = true
    }
}
