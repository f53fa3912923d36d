internal import KafkaLog
internal import KafkaRecords

/// Shows what an inspection finds, in one of the command's forms, as it comes.
protocol DumpRenderer: InspectionVisitor {
    var findings: FindingReporter { get }
    /// A file's contents follow.
    mutating func begin(_ file: DumpFile)
    /// An entry of a small file.
    mutating func show(_ row: DumpRow) -> RecordVisit
    /// All entries of a small file were shown.
    mutating func end(small file: DumpFile)
    /// All of a log file was shown, as far as it goes.
    mutating func end(_ file: DumpFile, totals: LogInspection.Totals)
    /// All entries of an index were shown.
    mutating func end(_ file: DumpFile, index: borrowing IndexInspection)
    /// All files of a directory were shown.
    mutating func end(directory: String, summary: DumpSummary)
}

extension DumpRenderer {
    mutating func end(small file: DumpFile) {}
    mutating func end(_ file: DumpFile, totals: LogInspection.Totals) {}
    mutating func end(_ file: DumpFile, index: borrowing IndexInspection) {}
    mutating func end(directory: String, summary: DumpSummary) {}

    mutating func report(_ finding: Finding) { findings.report(finding) }
}

/// What the segments of a directory came to.
struct DumpSummary {
    var segments = 0
    var batches = 0
    var records = 0
    var bytes = 0
    var firstOffset: Int64?
    var lastOffset: Int64?

    mutating func add(_ totals: LogInspection.Totals) {
        segments += 1
        batches += totals.batchCount
        records += totals.recordCount
        bytes += totals.fileBytes
        firstOffset = firstOffset ?? totals.firstOffset
        lastOffset = totals.lastOffset ?? lastOffset
    }
}
