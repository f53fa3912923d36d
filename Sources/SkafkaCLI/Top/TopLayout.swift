/// A line of `top` on the terminal.
struct TopLine: Equatable, Sendable {
    enum Emphasis: Sendable {
        case none
        /// A table's titles.
        case header
        /// What is wrong.
        case alarm
        /// What matters less.
        case faint
    }

    var text: String
    var emphasis = Emphasis.none
}

/// Lays out what `top` knows for a terminal of some size: never more lines, never longer ones.
struct TopLayout: Sendable {
    struct Size: Equatable, Sendable {
        var columns: Int
        var rows: Int
    }

    let size: Size
    let glyphs: TerminalGlyphs
    let interval: DurationText

    private static let gap = 2
    private static let narrowestName = 8
    private static let curveWidths = 8...60
    /// Lines that are no rows: summary, rates, views, titles, keys.
    private static let frameRows = 5

    /// How many rows of a table there is room for.
    var tableRows: Int { max(1, size.rows - TopLayout.frameRows) }

    func lines(_ state: TopState) -> [TopLine] {
        let table = state.table
        let columns = fit(table)
        var lines = summary(state)
        lines.append(TopLine(text: views(state, table.rows.count)))
        lines.append(TopLine(text: titles(columns, table, state), emphasis: .header))
        for row in table.rows.dropFirst(state.scroll).prefix(tableRows) {
            lines.append(
                TopLine(
                    text: text(row, columns, table), emphasis: row.isAlarming ? .alarm : .none))
        }
        let bottom = TopLine(text: TopLayout.keys, emphasis: .faint)
        while lines.count < size.rows - 1 { lines.append(TopLine(text: "")) }
        lines = lines.prefix(max(0, size.rows - 1)) + [bottom]
        return lines.map { TopLine(text: cut($0.text, to: size.columns), emphasis: $0.emphasis) }
    }

    private static let keys =
        "q quit  p pause  t topics  g groups  b brokers  < > sort  r reverse  / filter  arrows move"

    // MARK: The head

    private func summary(_ state: TopState) -> [TopLine] {
        guard let sample = state.sample else {
            return [TopLine(text: "skafka top"), TopLine(text: "")]
        }
        let partitions = sample.topics.reduce(0) { $0 + $1.partitions.count }
        let under = sample.topics.reduce(0) { $0 + $1.underReplicatedCount }
        let offline = sample.topics.reduce(0) { $0 + $1.offlineCount }
        var words = [
            Counted.text(sample.brokers.count, "broker"),
            Counted.text(sample.topics.count, "topic"),
            Counted.text(partitions, "partition"), "\(under) under-replicated",
            "\(offline) offline",
        ]
        if let groups = sample.groups { words.insert(Counted.text(groups.count, "group"), at: 3) }
        if let cluster = sample.clusterID {
            words.insert("cluster \(TopLayout.safe(cluster))", at: 0)
        }
        let first = TopLine(
            text: "skafka top  " + words.joined(separator: "  "),
            emphasis: under + offline > 0 ? .alarm : .none)
        if let problem = state.problem {
            return [first, TopLine(text: TopLayout.safe(problem), emphasis: .alarm)]
        }
        var text = state.isPaused ? "paused" : "every \(interval)"
        if let total = state.rates?.total {
            let records = total.recordsPerSecond.map(ScaledText.count) ?? "-"
            let bytes = total.bytesPerSecond.map(ScaledText.bytes) ?? "-"
            text += "  in \(records) records/s  \(bytes)/s  "
            let room = min(TopLayout.curveWidths.upperBound, size.columns - text.count)
            text += glyphs.sparkline(state.history.total, width: max(0, room))
        }
        return [first, TopLine(text: text)]
    }

    private func views(_ state: TopState, _ count: Int) -> String {
        let names = TopView.allCases.map { $0 == state.view ? "[\($0)]" : " \($0) " }
        var text = names.joined(separator: " ")
        if state.isEditing || !state.filter.isEmpty {
            text += "  filter: \(TopLayout.safe(state.filter))\(state.isEditing ? "_" : "")"
        }
        if count > tableRows {
            let last = min(count, state.scroll + tableRows)
            text += "  \(state.scroll + 1)-\(last) of \(count)"
        }
        if state.view == .groups, state.sample?.groups == nil { text += "  not known" }
        return text
    }

    // MARK: The table

    /// A column that there is room for.
    private struct Placed {
        var index: Int
        var width: Int
    }

    /// Leaves out columns, those of the highest rank first, until the rest fits.
    private func fit(_ table: TopTable) -> [Placed] {
        var placed = table.columns.indices.map { index in
            Placed(index: index, width: naturalWidth(index, table))
        }
        func total() -> Int {
            placed.reduce(0) { $0 + $1.width } + TopLayout.gap * (placed.count - 1)
        }
        while total() > size.columns {
            let last = placed.max { table.columns[$0.index].rank < table.columns[$1.index].rank }
            guard let last, table.columns[last.index].rank > 0 else { break }
            // A long name gives way before the columns that matter most.
            if table.columns[last.index].rank <= 2, shorten(&placed, by: total() - size.columns) {
                break
            }
            placed.removeAll { $0.index == last.index }
        }
        // The curve takes what is left.
        let room = size.columns - total()
        if room > 0,
            let curve = placed.firstIndex(where: { table.columns[$0.index].content == .curve })
        {
            placed[curve].width = min(
                placed[curve].width + room, TopLayout.curveWidths.upperBound)
        }
        return placed
    }

    private func shorten(_ placed: inout [Placed], by count: Int) -> Bool {
        guard placed[0].width - count >= TopLayout.narrowestName else { return false }
        placed[0].width -= count
        return true
    }

    private func naturalWidth(_ index: Int, _ table: TopTable) -> Int {
        let column = table.columns[index]
        if column.content == .curve { return TopLayout.curveWidths.lowerBound }
        // One more than the title for the mark of the order.
        return table.rows.reduce(column.title.count + 1) { max($0, $1.cells[index].count) }
    }

    private func titles(_ columns: [Placed], _ table: TopTable, _ state: TopState) -> String {
        let order = state.orders[state.view]
        return columns.map { placed in
            let column = table.columns[placed.index]
            let isSorted = column.key == order?.key
            let mark = isSorted ? (order?.isDescending == true ? "v" : "^") : ""
            return pad(column.title + mark, column, placed.width)
        }.joined(separator: String(repeating: " ", count: TopLayout.gap))
    }

    private func text(_ row: TopRow, _ columns: [Placed], _ table: TopTable) -> String {
        columns.map { placed in
            let column = table.columns[placed.index]
            if column.content == .curve {
                return glyphs.sparkline(row.history, width: placed.width)
            }
            return pad(TopLayout.safe(row.cells[placed.index]), column, placed.width)
        }.joined(separator: String(repeating: " ", count: TopLayout.gap))
    }

    private func pad(_ text: String, _ column: TopColumn, _ width: Int) -> String {
        let text = cut(text, to: width)
        let blanks = String(repeating: " ", count: width - text.count)
        return column.content == .number ? blanks + text : text + blanks
    }

    private func cut(_ text: String, to width: Int) -> String {
        guard text.count > width else { return text }
        return width > 0 ? text.prefix(width - 1) + glyphs.ellipsis : ""
    }

    /// Names come from others: nothing in them may move the cursor.
    static func safe(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control ? "?" : scalar
                }))
    }
}
