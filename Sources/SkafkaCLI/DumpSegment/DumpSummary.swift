internal import KafkaLog
internal import KafkaRecords

/// What the files of a directory came to, or those of all directories.
struct DumpSummary {
    /// Directories that hold segments.
    var directories = 0
    var segments = 0
    /// Of the log files, what lies behind their last batch included.
    var logBytes = 0
    var contents = LogContents()
    var findings: [Finding.Severity: Int] = [:]

    mutating func add(_ totals: LogInspection.Totals) {
        segments += 1
        logBytes += totals.fileBytes
        contents.add(totals.contents)
    }

    mutating func add(_ other: DumpSummary) {
        directories += other.directories
        segments += other.segments
        logBytes += other.logBytes
        contents.add(other.contents)
        findings.merge(other.findings, uniquingKeysWith: +)
    }

    /// Uncompressed bytes for each byte on the disk, in hundredths; nil without batches.
    var ratioHundredths: Int? {
        guard contents.batchBytes > 0 else { return nil }
        let (product, overflows) = contents.uncompressedBytes.multipliedReportingOverflow(by: 100)
        guard !overflows else { return nil }
        return (product + contents.batchBytes / 2) / contents.batchBytes
    }

    /// `3.07`
    var ratioText: String? {
        ratioHundredths.map { hundredths in
            let fraction = hundredths % 100
            return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
        }
    }

    /// The codecs that occur, by their number, with how many batches have them.
    var codecs: [(name: String, count: Int)] {
        contents.codecCounts.enumerated().compactMap { id, count in
            count > 0
                ? (CompressionCodec(rawValue: UInt8(id))?.description ?? String(id), count) : nil
        }
    }
}

/// Hands the findings and the summaries on, and none of the rows.
struct SummaryOnly<Inner: DumpRenderer>: DumpRenderer {
    private var inner: Inner

    static var showsRows: Bool { false }
    var findings: FindingReporter { inner.findings }

    init(_ inner: Inner) {
        self.inner = inner
    }

    mutating func begin(_ file: DumpFile) {}
    mutating func show(_ row: DumpRow) -> RecordVisit { .continue }

    mutating func end(directory: String, summary: DumpSummary) {
        inner.end(directory: directory, summary: summary)
    }

    mutating func end(all summary: DumpSummary) { inner.end(all: summary) }
}
