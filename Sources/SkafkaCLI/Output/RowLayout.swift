/// The columns of a command's rows, defined once for tables, tab-separated rows and JSON.
struct RowLayout<Row> {
    struct Column {
        /// Nil for what only JSON has.
        var title: String?
        /// The field's name in JSON; nil for what is only a column.
        var name: StaticString?
        var alignment: Table.Alignment
        var cell: (Row) -> Cell

        static func text(
            _ title: String?, _ name: StaticString?, _ cell: @escaping (Row) -> Cell
        ) -> Column {
            Column(title: title, name: name, alignment: .left, cell: cell)
        }

        static func number(
            _ title: String?, _ name: StaticString?, _ cell: @escaping (Row) -> Cell
        ) -> Column {
            Column(title: title, name: name, alignment: .right, cell: cell)
        }
    }

    let columns: [Column]

    /// - Parameter width: of the terminal, nil for none.
    func append(_ rows: [Row], to output: OutputBuffer, _ style: OutputStyle, width: Int?) {
        switch style {
        case .json:
            var json = JSONWriter(output)
            append(rows, to: &json)
            json.endLine()
        case .plain: table(rows).appendPlain(to: output)
        case .human: table(rows).appendHuman(to: output, width: width)
        }
    }

    /// An array with an object for each row.
    func append(_ rows: [Row], to json: inout JSONWriter) {
        json.beginArray()
        for row in rows {
            json.beginObject()
            for column in columns {
                guard let name = column.name else { continue }
                json.name(name)
                column.cell(row).append(to: &json)
            }
            json.endObject()
        }
        json.endArray()
    }

    func table(_ rows: [Row]) -> Table {
        let shown = columns.compactMap { column in column.title.map { (title: $0, column) } }
        var table = Table(shown.map { .init($0.title, $0.1.alignment) })
        for row in rows { table.add(shown.map { $0.1.cell(row).text }) }
        return table
    }
}

extension CommandContext {
    /// Writes rows to standard output.
    ///
    /// - Throws: `OutputError`.
    func show<Row>(_ rows: [Row], _ layout: RowLayout<Row>, _ style: OutputStyle) throws {
        let output = makeOutput()
        layout.append(rows, to: output, style, width: outputWidth)
        try output.flush()
    }
}
