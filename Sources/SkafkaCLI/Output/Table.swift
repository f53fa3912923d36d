/// Rows of cells, shown in columns, as tab-separated rows, or as JSON by whoever made them.
struct Table {
    /// Where a column's cells stand.
    enum Alignment: Sendable {
        case left
        case right
    }

    struct Column: Sendable {
        var title: String
        var alignment: Alignment

        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// What a column keeps of its cells when it has to give way.
    private static let narrowest = 8
    /// Blanks between columns.
    private static let gap = 2

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; an empty cell shows as `-`, control characters as their escapes.
    mutating func add(_ cells: [String]) {
        rows.append(cells.map { $0.isEmpty ? "-" : Table.escaped($0) })
    }

    /// Names that others gave must not end a row, begin a cell, or steer the terminal.
    private static func escaped(_ cell: String) -> String {
        guard cell.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return cell }
        return cell.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let byte = UInt8(truncatingIfNeeded: scalar.value)
                text += "\\x"
                text.unicodeScalars.append(Unicode.Scalar(HexText.digit(byte >> 4)))
                text.unicodeScalars.append(Unicode.Scalar(HexText.digit(byte & 15)))
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    /// With a header and padded columns.
    ///
    /// - Parameter width: what a line may take; the widest columns of text are cut for it. Nil cuts
    ///   nothing.
    func appendHuman(to output: OutputBuffer, width: Int? = nil) {
        let titles = columns.map(\.title)
        var widths = titles.map(\.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        if let width { widths = fitted(widths, in: width) }
        appendRow(titles, widths, to: output)
        for row in rows { appendRow(row, widths, to: output) }
    }

    /// Takes from the widest of the columns with text, one by one, until all fit or none has any
    /// more to give. Numbers are never cut.
    private func fitted(_ widths: [Int], in limit: Int) -> [Int] {
        var widths = widths
        var excess = widths.reduce(0, +) + Table.gap * (widths.count - 1) - limit
        while excess > 0 {
            let widest = widths.indices
                .filter { columns[$0].alignment == .left }
                .filter { widths[$0] > max(Table.narrowest, columns[$0].title.count) }
                .max { widths[$0] < widths[$1] }
            guard let widest else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    /// Without header, tabs between cells.
    func appendPlain(to output: OutputBuffer) {
        for row in rows {
            for (index, cell) in row.enumerated() {
                if index > 0 { output.append(UInt8(ascii: "\t")) }
                output.append(cell)
            }
            output.append(UInt8(ascii: "\n"))
        }
    }

    private func appendRow(_ cells: [String], _ widths: [Int], to output: OutputBuffer) {
        for (index, whole) in cells.enumerated() {
            if index > 0 { output.append("  " as StaticString) }
            let count = whole.count
            let cell =
                count <= widths[index] ? whole : whole.prefix(max(0, widths[index] - 1)) + "…"
            let padding = String(repeating: " ", count: max(0, widths[index] - count))
            switch columns[index].alignment {
            case .right:
                output.append(padding)
                output.append(cell)
            case .left:
                output.append(cell)
                // Nothing behind the last cell: no blanks at a line's end.
                if index < cells.count - 1 { output.append(padding) }
            }
        }
        output.append(UInt8(ascii: "\n"))
    }
}
