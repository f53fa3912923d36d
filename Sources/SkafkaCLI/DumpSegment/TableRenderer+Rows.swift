internal import KafkaRecords

extension TableRenderer {
    /// A row under its columns' titles, which stand above the first.
    mutating func show(_ row: DumpRow) -> RecordVisit {
        if row.number ?? 0 == 0 { appendTitles(of: row) }
        for field in row.fields {
            output.append("  " as StaticString)
            switch field.value {
            case .integer(let value): output.append(decimal: value, width: field.width)
            case .text(let text): output.append(text, width: field.width)
            case .null: output.append("-", rightWidth: field.width)
            case .json(let bytes): bytes.withUnsafeBytes { output.append($0) }
            }
        }
        output.append(UInt8(ascii: "\n"))
        return output.failure == nil ? .continue : .stop
    }

    private func appendTitles(of row: DumpRow) {
        guard row.fields.count > 1 else { return }
        for field in row.fields {
            output.append("  " as StaticString)
            let title = "\(field.name)".titleCased
            if case .text = field.value {
                output.append(title, width: field.width)
            } else {
                output.append(title, rightWidth: field.width)
            }
        }
        output.append(UInt8(ascii: "\n"))
    }
}

extension OutputBuffer {
    /// ASCII to the right of a column.
    func append(_ text: String, rightWidth: Int) {
        append(blanks: rightWidth - text.utf8.count)
        append(text)
    }
}

extension String {
    /// `lastOffset` as `LAST OFFSET`.
    fileprivate var titleCased: String {
        var title = ""
        for character in self {
            if character.isUppercase { title += " " }
            title += character.uppercased()
        }
        return title
    }
}
