internal import KafkaBase

/// Where and how two topics differ.
struct ComparisonReport {
    /// The first record under a key in one topic.
    struct Place: Equatable {
        var partition: Int32
        var offset: Int64
    }

    struct Difference {
        var kind: DifferenceKind
        /// The key, or the value of a record without one; nil for null.
        var text: [UInt8]?
        var isKeyless: Bool
        var firstCount: UInt64
        var secondCount: UInt64
        var firstPlace: Place?
        var secondPlace: Place?
    }

    struct Side {
        var topic: String
        var records = 0
        var keys = 0
    }

    var first: Side
    var second: Side
    var counts: [DifferenceKind: Int] = [:]
    /// Some of them; those that are named.
    var differences: [Difference] = []

    var differenceCount: Int { counts.values.reduce(0, +) }

    /// - Throws: `OutputError`.
    func write(_ options: GlobalOptions, _ context: CommandContext) throws {
        let output = context.makeOutput(capacityBytes: 64 << 10)
        switch options.style {
        case .human: if !options.quiet { appendHuman(to: output) }
        case .plain: table.appendPlain(to: output)
        case .json: appendJSON(to: output)
        }
        try output.flush()
    }

    private var table: Table {
        var table = Table([
            .init("DIFFERENCE"), .init("KEY"), .init("RECORDS", .right), .init("OTHER", .right),
            .init("FIRST-AT"), .init("OTHER-FIRST-AT"),
        ])
        for difference in differences {
            table.add([
                difference.kind.rawValue, ComparisonReport.text(difference),
                "\(difference.firstCount)", "\(difference.secondCount)",
                ComparisonReport.text(difference.firstPlace),
                ComparisonReport.text(difference.secondPlace),
            ])
        }
        return table
    }

    private static func text(_ place: Place?) -> String {
        place.map { "\($0.partition):\($0.offset)" } ?? ""
    }

    /// The key as JSON would show it, without the quotes where it is clear without them. Null is an
    /// empty cell.
    static func text(_ difference: Difference) -> String {
        let text = difference.text.map(text) ?? ""
        return difference.isKeyless ? "(no key) \(text.isEmpty ? "-" : text)" : text
    }

    private static func text(_ bytes: [UInt8]) -> String {
        guard bytes.withUnsafeBytes({ UTF8Check.isValid($0) }) else {
            return "0x" + bytes.map { String(UInt32($0) | 0x100, radix: 16).dropFirst() }.joined()
        }
        let text = String(decoding: bytes, as: UTF8.self).unicodeScalars.map {
            $0.value < 32 || $0.value == 127 ? $0.escaped(asASCII: true) : String($0)
        }.joined()
        let isUnclear =
            text.isEmpty || text == "-"
            || ["\"", "0x", "(no key) "].contains { text.hasPrefix($0) }
        return isUnclear ? "\"\(text)\"" : text
    }

    private func appendHuman(to output: OutputBuffer) {
        if !differences.isEmpty { table.appendHuman(to: output) }
        let left = differenceCount - differences.count
        if left > 0 { output.append("and \(Counted.text(left, "difference")) more\n") }
        for side in [first, second] {
            output.append(
                "\(side.topic): \(Counted.text(side.records, "record")), "
                    + "\(Counted.text(side.keys, "key"))\n")
        }
        guard differenceCount > 0 else { return output.append("no difference\n") }
        let words = DifferenceKind.allCases.map { kind in
            "\(counts[kind] ?? 0) \(kind == .order ? "in another order" : kind.rawValue)"
        }
        output.append(words.joined(separator: ", ") + "\n")
    }

    private func appendJSON(to output: OutputBuffer) {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("same", differenceCount == 0)
        json.name("first")
        append(first, &json)
        json.name("second")
        append(second, &json)
        json.field("missing", counts[.missing] ?? 0)
        json.field("extra", counts[.extra] ?? 0)
        json.field("differing", counts[.differing] ?? 0)
        json.field("order", counts[.order] ?? 0)
        json.name("differences")
        json.beginArray()
        for difference in differences { append(difference, &json) }
        json.endArray()
        json.endObject()
        json.endLine()
    }

    private func append(_ side: Side, _ json: inout JSONWriter) {
        json.beginObject()
        json.field("topic", side.topic)
        json.field("records", side.records)
        json.field("keys", side.keys)
        json.endObject()
    }

    private func append(_ difference: Difference, _ json: inout JSONWriter) {
        json.beginObject()
        json.field("difference", difference.kind.rawValue)
        if difference.isKeyless { json.nullField("key") }
        json.name(difference.isKeyless ? "value" : "key")
        json.value { output in
            let field: StaticString =
                difference.isKeyless ? ",\"valueEncoding\":\"" : ",\"keyEncoding\":\""
            guard let text = difference.text else {
                return output.append("null" as StaticString)
            }
            text.withUnsafeBytes {
                RecordJSON.append($0, .utf8, encodingField: field, to: output)
            }
        }
        json.field("records", difference.firstCount)
        json.field("otherRecords", difference.secondCount)
        append(difference.firstPlace, "partition", "offset", &json)
        append(difference.secondPlace, "otherPartition", "otherOffset", &json)
        json.endObject()
    }

    private func append(
        _ place: Place?, _ partition: StaticString, _ offset: StaticString,
        _ json: inout JSONWriter
    ) {
        guard let place else {
            json.nullField(partition)
            return json.nullField(offset)
        }
        json.field(partition, place.partition)
        json.field(offset, place.offset)
    }
}
