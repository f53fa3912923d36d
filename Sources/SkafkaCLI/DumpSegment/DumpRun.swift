internal import KafkaLog
internal import Platform

/// Goes over the files and directories of one `dump-segment` and has them shown. One owner; blocks
/// on the disk.
struct DumpRun<Renderer: DumpRenderer> {
    let settings: DumpSettings
    let context: CommandContext
    var renderer: Renderer
    /// Something could not be read.
    private(set) var hasFailed = false
    /// The reader of the output went away.
    var isStopped = false
    /// Indexes of which the walk over their log, the last one, found every entry in it.
    var fittingIndexes: Set<String> = []
    /// The paths of the command line.
    let named: Set<String>
    /// Of the directories so far.
    private var total = DumpSummary()
    let disk = PosixDisk()
    /// Directories inside of directories are looked into so deep.
    private static var depthMax: Int { 4 }

    init(
        settings: DumpSettings, context: CommandContext, renderer: Renderer, named: [String]
    ) {
        self.settings = settings
        self.named = Set(named)
        self.context = context
        self.renderer = renderer
    }

    /// Shows one path of the command line.
    mutating func dump(_ path: String) {
        guard !isStopped else { return }
        do throws(LogError) {
            if DumpFile.isDirectory(path) {
                let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
                let before = total.directories
                try dumpDirectory(trimmed, depth: 0)
                if total.directories == before, !isStopped, !settings.isQuiet {
                    context.note("\(path): no segments in this directory")
                }
            } else {
                try dumpNamed(path)
            }
        } catch {
            fail(error)
        }
    }

    /// What all directories came to.
    mutating func end() {
        guard !isStopped else { return }
        if total.directories > 0 { renderer.end(all: total) }
        renderer.finish()
    }

    private mutating func fail(_ error: LogError) {
        hasFailed = true
        context.complain(error.description)
    }

    // MARK: Files

    /// A file that was asked for by name.
    private mutating func dumpNamed(_ path: String) throws(LogError) {
        var file = DumpFile(path: path)
        guard let size = try disk.fileSize(path) else {
            throw .io(errno: ENOENT, operation: "open", path: path)
        }
        guard file.name.isDumped || settings.asKafka else {
            hasFailed = true
            return context.complain(
                "\(path): \(size) bytes, but by its name no file of a log directory")
        }
        if file.name.lacksBaseOffset {
            hasFailed = true
            context.complain("\(path): the name does not begin with the segment's base offset")
            return
        }
        file.setPartition()
        let directory = try? InspectedDirectory(path: file.directory, on: disk)
        let newest = directory?.newestBaseOffset
        let isNewest = newest.map { file.name.baseOffset ?? .max >= $0 } ?? true
        if let directory { reportMissing(beside: file, in: directory) }
        _ = try dumpFile(file, isNewest: isNewest)
        try checkIndexes(beside: file)
    }

    private mutating func dumpFile(
        _ file: DumpFile, isNewest: Bool
    ) throws(LogError) -> LogInspection.Totals? {
        switch file.name.kind {
        case .log: return try dumpLog(file, isNewest: isNewest)
        case .index: try dumpIndex(file, .offset)
        case .timeindex: try dumpIndex(file, .time)
        case .checkpoint: return try dumpLog(file, isNewest: false)
        default: try dumpSmall(file)
        }
        return nil
    }

    private mutating func dumpLog(
        _ file: DumpFile, isNewest: Bool
    ) throws(LogError) -> LogInspection.Totals {
        var file = file
        file.internalTopic = settings.decoder.topic(of: file)
        // A snapshot's offsets are its own and begin with 0.
        let isSegment = file.name.kind == .log
        var options = LogInspection.Options(baseOffset: isSegment ? file.name.baseOffset : nil)
        options.isNewestSegment = isNewest
        options.resynchronizes = settings.resynchronizes
        options.fromOffset = settings.fromOffset
        options.toOffset = settings.toOffset
        options.maxBytes = settings.maxBytes
        options.readsNewerMagic = settings.asKafka
        options.readsRecords = !settings.asKafka || settings.printsRecords || settings.verifies
        options.handsOutRecords = settings.printsRecords && Renderer.showsRows
        var inspection = try LogInspection(path: file.path, options: options, on: disk)
        if settings.fromOffset > .min {
            try inspection.seek(withIndex: file.sibling(.index), on: disk)
        }
        follow(&inspection, file)
        renderer.begin(file)
        let progress = renderer.findings.progress
        progress.begin(file.path, fileBytes: inspection.totals.fileBytes)
        var visitor = ProgressVisitor(renderer, progress: progress)
        defer { progress.clear() }
        try inspection.run(&visitor)
        renderer = visitor.inner
        isStopped = inspection.totals.wasStopped
        noteFitting(inspection, file)
        renderer.end(file, totals: inspection.totals)
        return inspection.totals
    }
}

// MARK: Directories

extension DumpRun {
    private mutating func dumpDirectory(_ path: String, depth: Int) throws(LogError) {
        let directory = try InspectedDirectory(path: path, on: disk)
        let summary = dumpFiles(of: directory)
        guard !isStopped else { return }
        if summary.segments > 0 {
            renderer.findings.progress.clear()
            renderer.end(directory: path, summary: summary)
            renderer.findings.showNow()
            total.add(summary)
        } else {
            // Of files that belong to all partitions.
            total.findings.merge(summary.findings, uniquingKeysWith: +)
        }
        guard depth < DumpRun.depthMax else { return }
        for name in directory.subdirectories.sorted(by: TopicPartitionName.precedes)
        where !isStopped {
            do throws(LogError) {
                try dumpDirectory(DumpRun.path(name, in: path), depth: depth + 1)
            } catch {
                fail(error)
            }
        }
    }

    private mutating func dumpFiles(of directory: InspectedDirectory) -> DumpSummary {
        let partition = TopicPartitionName(directory: directory.path)
        let before = renderer.findings.counts
        var summary = DumpSummary(directories: 1)
        // One more than the last offset of the segment before.
        var expectedOffset: Int64?
        for name in directory.files where name.isLive && name.isDumped && !isStopped {
            guard !name.lacksBaseOffset, name.isKnownToKafka || !settings.asKafka,
                directory.mayHold(settings.offsets, in: name)
            else { continue }
            var file = DumpFile(path: DumpRun.path(name.name, in: directory.path))
            file.topic = partition?.topic
            file.partition = partition?.partition
            let isNewest = name.baseOffset == directory.newestBaseOffset
            do throws(LogError) {
                guard let totals = try dumpFile(file, isNewest: isNewest), name.kind == .log
                else { continue }
                if settings.readsAllOffsets { compare(file, totals, expectedOffset, &summary) }
                expectedOffset = totals.contents.lastOffset.map { $0 &+ 1 } ?? expectedOffset
                summary.add(totals)
            } catch {
                fail(error)
            }
        }
        guard !isStopped else { return summary }
        if !settings.asKafka {
            for finding in directory.missingSiblings() { renderer.report(finding) }
        }
        summary.findings = renderer.findings.counts
            .merging(before) { $0 - $1 }.filter { $0.value > 0 }
        return summary
    }

    private static func path(_ name: String, in directory: String) -> String {
        directory == "/" ? "/" + name : directory + "/" + name
    }

    /// A segment begins where the one before ends, or behind that.
    private mutating func compare(
        _ file: DumpFile, _ totals: LogInspection.Totals, _ expected: Int64?,
        _ summary: inout DumpSummary
    ) {
        guard let expected, let first = totals.contents.firstOffset ?? file.name.baseOffset,
            first != expected
        else { return }
        let isBehind = first > expected
        // Of an empty segment, nothing says that offsets in front of it are missing.
        if isBehind, totals.contents.firstOffset == nil { return }
        if isBehind { summary.contents.gapCount += 1 }
        renderer.report(
            Finding(
                isBehind ? .offsetGap : .offsetRegression, isBehind ? .note : .corruption,
                path: file.path, offset: first, stored: first, expected: expected,
                "the segment begins with offset \(first),"
                    + " the one before ends with \(expected &- 1)"))
    }
}
