internal import KafkaLog

extension PlainRenderer {
    mutating func end(directory: String, summary: DumpSummary) {
        append(summary, "summary", path: directory)
    }

    mutating func end(all summary: DumpSummary) {
        // Offsets of different logs have nothing to do with each other.
        var summary = summary
        summary.contents.firstOffset = nil
        summary.contents.lastOffset = nil
        append(summary, "total", path: "-")
    }

    private func append(_ summary: DumpSummary, _ what: StaticString, path: String) {
        let contents = summary.contents
        output.append(what)
        cell(path)
        cell(Int64(summary.directories))
        cell(Int64(summary.segments))
        cell(Int64(summary.logBytes))
        cell(Int64(contents.batchCount))
        cell(Int64(contents.recordCount))
        cell(Int64(contents.batchBytes))
        cell(Int64(contents.uncompressedBytes))
        cell(summary.ratioText ?? "-")
        let codecs = summary.codecs.map { "\($0.name)=\($0.count)" }.joined(separator: ",")
        cell(codecs.isEmpty ? "-" : codecs)
        cell(contents.firstOffset)
        cell(contents.lastOffset)
        cell(contents.minTimestamp)
        cell(contents.maxTimestamp)
        cell(Int64(contents.producers.ids.count))
        let ids = contents.producers.ids.map(String.init).joined(separator: ",")
        cell(ids.isEmpty ? "-" : contents.producers.isIncomplete ? ids + ",…" : ids)
        cell(Int64(contents.transactionalCount))
        cell(Int64(contents.controlCount))
        cell(Int64(contents.gapCount))
        cell(Int64(summary.findings[.corruption] ?? 0))
        cell(Int64(summary.findings[.warning] ?? 0))
        cell(Int64(summary.findings[.note] ?? 0))
        output.append(UInt8(ascii: "\n"))
    }
}
