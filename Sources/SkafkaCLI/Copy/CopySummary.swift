internal import KafkaClient

/// What a copy has done, topic by topic.
struct CopySummary {
    struct Line {
        var source: String
        var destination: String
        var partitions: Int
        var records = 0
        /// Of keys and values; nil where some were not delivered.
        var bytes: Int? = 0
    }

    var lines: [Line]

    init(_ pairs: [CopyPair], partitions: [String: Int]) {
        lines = pairs.map {
            Line(
                source: $0.source.name, destination: $0.destination,
                partitions: partitions[$0.source.name] ?? 0)
        }
    }

    /// Without records that were not delivered; how many bytes the others have is not known then.
    func without(_ failed: [String: Int]) -> CopySummary {
        var rest = self
        for (index, line) in lines.enumerated() {
            guard let count = failed[line.destination] else { continue }
            rest.lines[index].records = max(0, line.records - count)
            rest.lines[index].bytes = nil
        }
        return rest
    }

    /// To standard error for people, to standard output for programs.
    ///
    /// - Throws: `OutputError`.
    func report(
        _ options: GlobalOptions, _ context: CommandContext, isDryRun: Bool = false
    ) throws {
        switch options.style {
        case .human:
            if !options.quiet { tell(context, isDryRun: isDryRun) }
        case .plain:
            let output = context.makeOutput(capacityBytes: 16 << 10)
            table.appendPlain(to: output)
            try output.flush()
        case .json:
            let output = context.makeOutput(capacityBytes: 16 << 10)
            appendJSON(to: output)
            try output.flush()
        }
    }

    private func tell(_ context: CommandContext, isDryRun: Bool) {
        for line in lines {
            let records = Counted.text(line.records, "record")
            let bytes = line.bytes.map { ", " + Counted.text($0, "byte") } ?? ""
            let what = isDryRun ? "would copy up to \(records)" : "copied \(records)\(bytes)"
            context.note("\(line.source) to \(line.destination): \(what)")
        }
    }

    private var table: Table {
        var table = Table([
            .init("SOURCE"), .init("DESTINATION"), .init("PARTITIONS"), .init("RECORDS"),
            .init("BYTES"),
        ])
        for line in lines {
            table.add([
                line.source, line.destination, "\(line.partitions)", "\(line.records)",
                line.bytes.map { "\($0)" } ?? "-",
            ])
        }
        return table
    }

    private func appendJSON(to output: OutputBuffer) {
        var json = JSONWriter(output)
        json.beginArray()
        for line in lines {
            json.beginObject()
            json.field("source", line.source)
            json.field("destination", line.destination)
            json.field("partitions", line.partitions)
            json.field("records", line.records)
            if let bytes = line.bytes {
                json.field("bytes", bytes)
            } else {
                json.nullField("bytes")
            }
            json.endObject()
        }
        json.endArray()
        json.endLine()
    }
}
