/// What `top` shows: a table of one kind of thing.
enum TopView: String, CaseIterable, Sendable {
    case topics, groups, brokers

    var next: TopView {
        switch self {
        case .topics: .groups
        case .groups: .brokers
        case .brokers: .topics
        }
    }
}

/// A column of such a table.
struct TopColumn: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case text
        case number
        /// A curve of the row's history.
        case curve
    }

    var title: String
    /// What `--sort` calls it.
    var key: String
    var content: Content
    /// The less, the longer it stays when the terminal is narrow; 0 stays for ever.
    var rank: Int

    init(_ title: String, _ key: String, _ content: Content = .number, rank: Int) {
        self.title = title
        self.key = key
        self.content = content
        self.rank = rank
    }
}

/// A row, with what it is sorted by and how it came to be.
struct TopRow: Equatable, Sendable {
    enum SortKey: Equatable, Sendable {
        case text(String)
        /// Nil sorts behind all numbers.
        case number(Double?)
    }

    var name: String
    /// One for each column; that of a curve is empty.
    var cells: [String]
    var sortKeys: [SortKey]
    var history: [Double?] = []
    /// Whether something is wrong with it.
    var isAlarming = false
}

/// Rows and columns.
struct TopTable: Equatable, Sendable {
    var columns: [TopColumn]
    var rows: [TopRow]

    /// Orders the rows by a column, and by name where that makes no difference.
    mutating func sort(by key: String, isDescending: Bool) {
        guard let index = columns.firstIndex(where: { $0.key == key }) else { return }
        rows.sort { left, right in
            let (first, second) = (left.sortKeys[index], right.sortKeys[index])
            if first == second { return left.name < right.name }
            switch (first, second) {
            case (.text(let left), .text(let right)):
                return isDescending ? left > right : left < right
            case (.number(let left?), .number(let right?)):
                return isDescending ? left > right : left < right
            case (.number(let left), .number): return left != nil
            default: return left.name < right.name
            }
        }
    }

    /// Leaves the rows whose name has the text in it, in whatever case.
    mutating func filter(_ text: String) {
        guard !text.isEmpty else { return }
        let wanted = text.lowercased()
        rows.removeAll { !$0.name.lowercased().contains(wanted) }
    }
}
