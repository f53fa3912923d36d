/// What `top` knows and how it is looked at: samples and keys go in, a table comes out. A value,
/// its owner's alone; no terminal, no clock.
struct TopState: Sendable {
    /// How one view is ordered.
    struct Order: Equatable, Sendable {
        var key: String
        var isDescending: Bool
    }

    enum Outcome: Equatable, Sendable {
        case stay
        case quit
    }

    private(set) var view: TopView
    private(set) var orders: [TopView: Order] = [
        .topics: Order(key: "records", isDescending: true),
        .groups: Order(key: "lag", isDescending: true),
        .brokers: Order(key: "name", isDescending: false),
    ]
    private(set) var filter = ""
    /// Whether keys go into the filter.
    private(set) var isEditing = false
    private(set) var isPaused = false
    /// The first row that is shown.
    private(set) var scroll = 0
    private(set) var sample: ClusterSample?
    private(set) var rates: ClusterRates?
    private(set) var history = TopHistory()
    /// Why there is no newer sample.
    var problem: String?
    /// Rows that the terminal has room for.
    private(set) var pageRows = 20

    /// - Parameter order: of the view at the start; nil for its own.
    init(view: TopView = .topics, order: Order? = nil) {
        self.view = view
        if let order { orders[view] = order }
    }

    mutating func take(_ new: ClusterSample) {
        rates = sample.map { ClusterRates(from: $0, to: new) }
        sample = new
        problem = nil
        history.add(new, rates)
    }

    /// Takes the room that there is for rows, and shows no more blank ones than there have to be.
    mutating func fit(rows: Int) {
        pageRows = rows
        scroll(by: 0)
    }

    /// The rows of the present view, filtered and in order.
    var table: TopTable {
        var table = self.table(of: view)
        table.filter(filter)
        if let order = orders[view] { table.sort(by: order.key, isDescending: order.isDescending) }
        return table
    }

    /// The columns are there without any sample.
    func table(of view: TopView) -> TopTable {
        let sample = sample ?? ClusterSample(atNs: 0)
        return switch view {
        case .topics: TopTable.topics(sample, rates, history)
        case .groups: TopTable.groups(sample, rates, history)
        case .brokers: TopTable.brokers(sample, rates, history)
        }
    }

    // MARK: Keys

    mutating func handle(_ key: TopKey) -> Outcome {
        if isEditing {
            edit(key)
            return .stay
        }
        switch key {
        case .character("q"), .character("Q"): return .quit
        case .character("p"), .character(" "): isPaused.toggle()
        case .character("t"): show(.topics)
        case .character("g"): show(.groups)
        case .character("b"): show(.brokers)
        case .tab: show(view.next)
        case .character("/"): isEditing = true
        case .escape: filter = ""
        case .character("r"): orders[view]?.isDescending.toggle()
        case .left, .character("<"): moveOrder(by: -1)
        case .right, .character(">"), .character("s"): moveOrder(by: 1)
        case .up, .character("k"): scroll(by: -1)
        case .down, .character("j"): scroll(by: 1)
        case .pageUp: scroll(by: -pageRows)
        case .pageDown: scroll(by: pageRows)
        case .home: scroll = 0
        case .end: scroll(by: .max / 2)
        default: break
        }
        return .stay
    }

    private mutating func edit(_ key: TopKey) {
        switch key {
        case .enter: isEditing = false
        case .escape:
            isEditing = false
            filter = ""
        case .backspace: _ = filter.popLast()
        case .character(let character) where filter.utf8.count < TopState.filterBytesMax:
            filter.append(character)
        default: break
        }
        scroll = 0
    }

    private mutating func show(_ view: TopView) {
        self.view = view
        scroll = 0
    }

    /// The next column that is not the curve.
    private mutating func moveOrder(by step: Int) {
        let columns = table(of: view).columns.filter { $0.content != .curve }
        let present = columns.firstIndex { $0.key == orders[view]?.key } ?? 0
        let column = columns[(present + step + columns.count) % columns.count]
        // Names from A, numbers from the largest.
        orders[view] = Order(key: column.key, isDescending: column.content == .number)
    }

    private mutating func scroll(by rows: Int) {
        scroll = min(max(0, scroll + rows), max(0, table.rows.count - pageRows))
    }

    private static let filterBytesMax = 200
}
