/// Where a transactional id's transaction stands (Kafka's `TransactionState`); the numbers are
/// those of the records.
enum TransactionStatus: Int8, CaseIterable, Sendable {
    /// The producer was initialised and has added nothing yet.
    case empty = 0
    case ongoing = 1
    /// How it ends is durable; the markers are being written.
    case prepareCommit = 2
    case prepareAbort = 3
    /// All markers are written.
    case completeCommit = 4
    case completeAbort = 5
    /// The id is being forgotten; never written.
    case dead = 6
    /// The epoch is being raised for an abort; never written.
    case prepareEpochFence = 7

    /// As DescribeTransactions and ListTransactions tell it.
    var name: String {
        switch self {
        case .empty: "Empty"
        case .ongoing: "Ongoing"
        case .prepareCommit: "PrepareCommit"
        case .prepareAbort: "PrepareAbort"
        case .completeCommit: "CompleteCommit"
        case .completeAbort: "CompleteAbort"
        case .dead: "Dead"
        case .prepareEpochFence: "PrepareEpochFence"
        }
    }

    init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    static func prepared(commit: Bool) -> TransactionStatus {
        commit ? .prepareCommit : .prepareAbort
    }

    /// Its end is decided, and not done yet.
    var isPrepared: Bool { self == .prepareCommit || self == .prepareAbort }

    /// No transaction runs: the id may be forgotten, or begin the next one.
    var isIdle: Bool { self == .empty || self == .completeCommit || self == .completeAbort }
}
