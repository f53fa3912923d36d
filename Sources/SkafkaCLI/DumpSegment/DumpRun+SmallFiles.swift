internal import KafkaLog

extension DumpRun {
    /// Shows a file that is neither log nor index of offsets or times.
    mutating func dumpSmall(_ file: DumpFile) throws(LogError) {
        if renderer is KafkaRenderer, !file.name.isKnownToKafka {
            renderer.begin(file)
            return renderer.findings.say("Ignoring unknown file \(file.path)")
        }
        switch file.name.kind {
        case .txnindex: try dumpTransactionIndex(file)
        case .snapshot: try dumpSnapshot(file)
        case .epochCheckpoint: try dumpCheckpoint(file, .leaderEpochs)
        case .offsetCheckpoint: try dumpCheckpoint(file, .offsets)
        case .metadata: try dumpProperties(file, .partitionMetadata)
        case .metaProperties: try dumpProperties(file, .metaProperties)
        case .quorumState, .cleanShutdown: try dumpState(file)
        default: break
        }
    }

    private mutating func dumpTransactionIndex(_ file: DumpFile) throws(LogError) {
        var index = try TransactionIndexInspection(
            path: file.path, baseOffset: file.name.baseOffset ?? 0, on: disk)
        renderer.begin(file)
        let log = file.sibling(.log)
        let hasLog = try disk.fileSize(log) != nil
        let logPath = settings.verifies && hasLog ? log : nil
        if settings.onlyIndexFindings || settings.onlyIndexSanity, !settings.asKafka {
            var findings = FindingsOnly(findings: renderer.findings)
            try index.run(&findings, verifyingWith: logPath, on: disk)
        } else {
            try index.run(&renderer, verifyingWith: logPath, on: disk)
        }
        isStopped = index.wasStopped
        renderer.end(small: file)
    }

    private mutating func dumpSnapshot(_ file: DumpFile) throws(LogError) {
        var snapshot = try ProducerSnapshotInspection(
            path: file.path, endOffset: file.name.baseOffset, on: disk)
        renderer.begin(file)
        if settings.asKafka, !snapshot.findings.isEmpty {
            // Kafka's tool shows nothing of a snapshot that it does not trust.
            for finding in snapshot.findings { renderer.report(finding) }
        } else {
            snapshot.run(&renderer)
        }
        isStopped = snapshot.wasStopped
        renderer.end(small: file)
    }

    private mutating func dumpCheckpoint(
        _ file: DumpFile, _ kind: CheckpointInspection.Kind
    ) throws(LogError) {
        var checkpoint = try CheckpointInspection(path: file.path, kind: kind, on: disk)
        renderer.begin(file)
        checkpoint.run(&renderer)
        isStopped = checkpoint.wasStopped
        renderer.end(small: file)
    }

    private mutating func dumpProperties(
        _ file: DumpFile, _ kind: PropertiesInspection.Kind
    ) throws(LogError) {
        let properties = try PropertiesInspection(path: file.path, kind: kind, on: disk)
        renderer.begin(file)
        properties.run(&renderer)
        renderer.end(small: file)
    }

    private mutating func dumpState(_ file: DumpFile) throws(LogError) {
        let state = try StateFile(path: file.path, on: disk)
        renderer.begin(file)
        if let problem = state.problem { renderer.report(problem) }
        if let row = state.row { _ = renderer.show(row) }
        renderer.end(small: file)
    }
}

/// Drops everything but the findings.
struct FindingsOnly: InspectionVisitor {
    let findings: FindingReporter
    /// Of Kafka's own text notes are no part.
    var saysNotes = true

    mutating func report(_ finding: Finding) {
        if saysNotes || finding.severity > .note { findings.report(finding) }
    }
}
