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

    /// Between two columns.
    private static let gap = 2
    /// What a column keeps of its width however narrow the terminal is.
    private static let narrowest = 8

    /// With a header and padded columns. On a terminal, long cells are cut to fit its width; in a
    /// file or a pipe never.
    func appendHuman(to output: OutputBuffer) {
        appendHuman(to: output, width: TerminalSize.columns(of: output.descriptor))
    }

    /// - Parameter width: of a line, where that is bounded.
    func appendHuman(to output: OutputBuffer, width: Int?) {
        let titles = columns.map(\.title)
        var widths = titles.map(\.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        if let width { fit(&widths, into: width) }
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

    /// Takes from the widest columns of text; numbers stay whole.
    private func fit(_ widths: inout [Int], into width: Int) {
        let texts = columns.indices.filter { columns[$0].alignment == .left }
        while true {
            let excess = widths.reduce(0, +) + Table.gap * (widths.count - 1) - width
            guard excess > 0, let widest = texts.max(by: { widths[$0] < widths[$1] }) else { return }
            let floor = max(Table.narrowest, columns[widest].title.count)
            guard widths[widest] > floor else { return }
            // Down to the next one at most, so that equals shrink together.
            let next = texts.map { widths[$0] }.filter { $0 < widths[widest] }.max() ?? floor
            widths[widest] = max(widths[widest] - excess, min(next, widths[widest] - 1), floor)
        }
    }

    private func appendRow(_ cells: [String], _ widths: [Int], to output: OutputBuffer) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { output.append("  " as StaticString) }
            let cell = cell.count > widths[index] ? cell.prefix(widths[index] - 1) + "…" : cell
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
