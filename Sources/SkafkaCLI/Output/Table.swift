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

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; an empty cell shows as `-`.
    mutating func add(_ cells: [String]) {
        rows.append(cells.map { $0.isEmpty ? "-" : $0 })
    }

    /// With a header and padded columns.
    func appendHuman(to output: OutputBuffer) {
        let titles = columns.map(\.title)
        var widths = titles.map(\.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        appendRow(titles, widths, to: output)
        for row in rows { appendRow(row, widths, to: output) }
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
        for (index, cell) in cells.enumerated() {
            if index > 0 { output.append("  " as StaticString) }
            let padding = String(repeating: " ", count: widths[index] - cell.count)
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
