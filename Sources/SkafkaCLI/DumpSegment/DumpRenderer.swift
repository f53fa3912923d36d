internal import KafkaLog
internal import KafkaRecords

/// Shows what an inspection finds, in one of the command's forms, as it comes.
protocol DumpRenderer: InspectionVisitor {
    /// Whether it shows batches and entries, not only what they come to.
    static var showsRows: Bool { get }
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
    /// Everything was shown.
    mutating func finish()
    /// All directories of the command line were shown.
    mutating func end(all summary: DumpSummary)
}

extension DumpRenderer {
    mutating func end(small file: DumpFile) {}
    mutating func finish() {}
    static var showsRows: Bool { true }
    mutating func end(_ file: DumpFile, totals: LogInspection.Totals) {}
    mutating func end(_ file: DumpFile, index: borrowing IndexInspection) {}
    mutating func end(directory: String, summary: DumpSummary) {}
    mutating func end(all summary: DumpSummary) {}

    mutating func report(_ finding: Finding) { findings.report(finding) }
}
