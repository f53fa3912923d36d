internal import KafkaBase

/// A plan of offsets as a table of commas, which Kafka's own tool writes and reads too:
/// `topic,partition,offset`, or with the group in front.
enum OffsetCSV {
    struct Row: Equatable {
        /// Nil where the table is of one group, whichever.
        var group: String?
        var partition: TopicPartition
        var offset: Int64
    }

    struct LineError: Error, Equatable {
        /// From 1.
        var line: Int
        var reason: String
    }

    /// Reads a table; blank lines and a line of titles are passed over. All rows have the group, or
    /// none has.
    static func parse(_ text: String) throws(LineError) -> [Row] {
        var rows: [Row] = []
        var fieldCount: Int?
        for (index, line) in lines(text).enumerated() {
            let number = index + 1
            guard !line.allSatisfy({ $0 == " " }) else { continue }
            guard let fields = fields(line) else {
                throw LineError(line: number, reason: "a quote is not closed")
            }
            guard fields.count == 3 || fields.count == 4, fieldCount ?? fields.count == fields.count
            else {
                throw LineError(
                    line: number,
                    reason: "topic,partition,offset or group,topic,partition,offset is expected")
            }
            if fieldCount == nil {
                fieldCount = fields.count
                if fields.suffix(3).map({ $0.lowercased() }) == ["topic", "partition", "offset"] {
                    continue
                }
            }
            rows.append(try row(fields, number))
        }
        return rows
    }

    private static func row(_ fields: [String], _ line: Int) throws(LineError) -> Row {
        let last = fields.suffix(3).map { $0 }
        guard let number = Int32(last[1]), number >= 0 else {
            throw LineError(line: line, reason: "'\(last[1])' is no partition")
        }
        guard let offset = Int64(last[2]) else {
            throw LineError(line: line, reason: "'\(last[2])' is no offset")
        }
        guard !last[0].isEmpty else { throw LineError(line: line, reason: "the topic is empty") }
        return Row(
            group: fields.count == 4 ? fields[0] : nil,
            partition: TopicPartition(topic: last[0], partition: number), offset: offset)
    }

    private static func lines(_ text: String) -> [Substring] {
        // Spreadsheets begin UTF-8 with a byte order mark.
        let scalars = text.unicodeScalars
        let rows = Substring(scalars.first == "\u{FEFF}" ? scalars.dropFirst() : scalars[...])
        return rows.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    /// RFC 4180 in one line: quotes around a field, two for one in it.
    ///
    /// - Returns: nil when a quote is not closed.
    private static func fields(_ line: Substring) -> [String]? {
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var rest = line
        while let character = rest.popFirst() {
            switch (character, isQuoted) {
            case ("\"", true) where rest.first == "\"":
                field.append(rest.removeFirst())
            case ("\"", true): isQuoted = false
            case ("\"", false) where field.isEmpty: isQuoted = true
            case (",", false):
                fields.append(field)
                field = ""
            default: field.append(character)
            }
        }
        guard !isQuoted else { return nil }
        // Blanks around what is not quoted are somebody's layout.
        return (fields + [field]).map { String($0.trimmingBlanks()) }
    }

    static func append(_ rows: [Row], to output: OutputBuffer) {
        for row in rows {
            if let group = row.group { output.append(quoted(group) + ",") }
            output.append(quoted(row.partition.topic))
            output.append(",\(row.partition.partition),\(row.offset)\n")
        }
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n ".contains($0) || $0 == "\r\n" }) else { return text }
        return "\"\(text.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) })\""
    }
}

extension String {
    fileprivate func trimmingBlanks() -> Substring {
        let start = drop(while: { $0 == " " })
        let count = start.reversed().prefix { $0 == " " }.count
        return start.dropLast(count)
    }
}
