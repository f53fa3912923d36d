internal import KafkaLog

extension TableRenderer {
    private static let summaryTitle: StaticString = """
        SEGMENTS    BATCHES      RECORDS          BYTES  RATIO  OFFSETS             \
            EARLIEST                  LATEST                    CODECS              \
        PRODUCERS            TXN  CONTROL   GAPS  STATE           DIRECTORY

        """

    mutating func end(directory: String, summary: DumpSummary) {
        if !isBelowSummaryTitle { output.append(TableRenderer.summaryTitle) }
        isBelowSummaryTitle = true
        append(summary, name: directory, showsOffsets: true)
    }

    mutating func end(all summary: DumpSummary) {
        guard summary.directories > 1 else { return }
        append(summary, name: "\(summary.directories) directories", showsOffsets: false)
    }

    private mutating func append(_ summary: DumpSummary, name: String, showsOffsets: Bool) {
        let contents = summary.contents
        output.append(decimal: Int64(summary.segments), width: 8)
        output.append(decimal: Int64(contents.batchCount), width: 11)
        output.append(decimal: Int64(contents.recordCount), width: 13)
        output.append(decimal: Int64(summary.logBytes), width: 15)
        let ratio = summary.ratioText ?? "-"
        output.append(blanks: 7 - ratio.utf8.count)
        output.append(ratio)
        output.append("  " as StaticString)
        var offsets = "-"
        if showsOffsets, let first = contents.firstOffset, let last = contents.lastOffset {
            offsets = "\(first)..\(last)"
        }
        column(offsets, width: 22)
        column(contents.minTimestamp.map(CivilTime.rfc3339) ?? "-", width: 24)
        column(contents.maxTimestamp.map(CivilTime.rfc3339) ?? "-", width: 24)
        let codecs = summary.codecs.map { "\($0.name):\($0.count)" }.joined(separator: ",")
        column(codecs.isEmpty ? "-" : codecs, width: 18)
        column(TableRenderer.text(contents.producers), width: 18)
        output.append(decimal: Int64(contents.transactionalCount), width: 4)
        output.append(decimal: Int64(contents.controlCount), width: 9)
        output.append(decimal: Int64(contents.gapCount), width: 7)
        output.append("  " as StaticString)
        column(TableRenderer.state(summary), width: 14)
        output.append(name)
        output.append(UInt8(ascii: "\n"))
    }

    /// Text to the left of a column, which it may run over, and two blanks.
    private func column(_ text: String, width: Int) {
        output.append(text, width: width)
        output.append("  " as StaticString)
    }

    /// The ids, where they are few; else how many there are.
    private static func text(_ producers: ProducerIDs) -> String {
        if producers.isIncomplete { return "over \(producers.ids.count)" }
        if producers.ids.isEmpty { return "-" }
        let list = producers.ids.prefix(4).map(String.init).joined(separator: ",")
        return producers.ids.count <= 3 && list.utf8.count <= 18 ? list : "\(producers.ids.count)"
    }

    /// The worst of the findings, and how many there are of it.
    private static func state(_ summary: DumpSummary) -> String {
        if let count = summary.findings[.corruption] { return "\(count) CORRUPT" }
        guard let count = summary.findings[.warning] else { return "ok" }
        return "\(count) \(count == 1 ? "warning" : "warnings")"
    }
}
