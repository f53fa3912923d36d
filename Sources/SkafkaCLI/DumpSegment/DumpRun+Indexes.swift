internal import KafkaLog

/// Indexes of offsets and times, and how they fit their logs.
extension DumpRun {
    private static var indexKinds: [(IndexInspection.Kind, InspectedFileName.Kind)] {
        [(.offset, .index), (.time, .timeindex)]
    }

    mutating func dumpIndex(
        _ file: DumpFile, _ kind: IndexInspection.Kind
    ) throws(LogError) {
        var index = try IndexInspection(
            path: file.path, kind: kind, baseOffset: file.name.baseOffset ?? 0, on: disk)
        index.offsets = settings.offsets
        renderer.begin(file)
        if var kafka = renderer as? KafkaRenderer {
            return try dump(&index, file, as: &kafka)
        }
        let log = try logToCompare(with: file)
        if settings.onlyIndexFindings || settings.onlyIndexSanity {
            var findings = FindingsOnly(findings: renderer.findings)
            try index.run(&findings, verifyingWith: log, on: disk)
        } else {
            try index.run(&renderer, verifyingWith: log, on: disk)
        }
        isStopped = index.wasStopped
        renderer.end(file, index: index)
    }

    private mutating func dump(
        _ index: inout IndexInspection, _ file: DumpFile, as kafka: inout KafkaRenderer
    ) throws(LogError) {
        let log = file.sibling(.log)
        let logPath = try disk.fileSize(log) != nil ? log : nil
        let saysAll = try kafka.show(&index, of: file, log: logPath, settings)
        isStopped = kafka.isStopped
        guard !saysAll, !isStopped else { return }
        var findings = FindingsOnly(findings: renderer.findings, saysNotes: false)
        try index.run(&findings, verifyingWith: logPath, on: disk)
    }

    /// Nil where there is none, or nothing is left to compare.
    private func logToCompare(with index: DumpFile) throws(LogError) -> String? {
        guard settings.comparesIndexes, !fittingIndexes.contains(index.path) else { return nil }
        let log = index.sibling(.log)
        return try disk.fileSize(log) != nil ? log : nil
    }

    /// Has the indexes beside a log compared with it on the way, when the way is over all of it.
    func follow(_ inspection: inout LogInspection, _ file: DumpFile) {
        guard settings.comparesIndexes, settings.readsAllOffsets, file.name.kind == .log else {
            return
        }
        for (kind, name) in Self.indexKinds {
            // One that cannot be read does not fit; when its own turn comes, it is told.
            try? inspection.follow(kind, at: file.sibling(name), on: disk)
        }
    }

    mutating func noteFitting(_ inspection: borrowing LogInspection, _ file: DumpFile) {
        fittingIndexes = []
        for (kind, name) in Self.indexKinds where inspection.fits(kind) {
            fittingIndexes.insert(file.sibling(name))
        }
    }

    /// Tells what is wrong with the indexes beside a log that was dumped by its name, but for those
    /// that are asked for themselves.
    mutating func checkIndexes(beside log: DumpFile) throws(LogError) {
        guard settings.comparesIndexes, !isStopped, log.name.kind == .log,
            let baseOffset = log.name.baseOffset
        else { return }
        for (kind, name) in Self.indexKinds {
            let file = DumpFile(path: log.sibling(name))
            guard !named.contains(file.path), try disk.fileSize(file.path) != nil else { continue }
            var index = try IndexInspection(
                path: file.path, kind: kind, baseOffset: baseOffset, on: disk)
            var findings = FindingsOnly(findings: renderer.findings, saysNotes: false)
            try index.run(&findings, verifyingWith: try logToCompare(with: file), on: disk)
        }
    }

    /// Of a file by itself a companion that nothing says was ever there is worth telling only where
    /// everything is to be looked at.
    mutating func reportMissing(beside file: DumpFile, in directory: InspectedDirectory) {
        guard !settings.asKafka || settings.verifies else { return }
        for finding in directory.missingSiblings(ofOneFile: true)
        where finding.path.hasSuffix("/" + file.name.name)
            && (settings.verifies || finding.severity == .corruption)
        {
            renderer.report(finding)
        }
    }
}
