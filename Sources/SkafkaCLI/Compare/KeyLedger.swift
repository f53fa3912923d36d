/// What two topics have under all of their keys, in bounded memory: a table, and sorted runs of it
/// on disk when it is full. One owner.
final class KeyLedger {
    enum Side: Sendable {
        case first
        case second
    }

    private let environment: [String: String]
    private let maxEntries: Int
    private var table: [KeyFingerprint: KeyDigest] = [:]
    private var runs: SortedRuns?

    /// Entries in memory by default: a table of 12 MiB, and 8 MiB more while it is written out.
    static let defaultMaxEntries = 95_000

    init(_ environment: [String: String], maxEntries: Int = KeyLedger.defaultMaxEntries) {
        self.environment = environment
        self.maxEntries = maxEntries
    }

    /// A record; those of one side under one key come in their order.
    ///
    /// - Throws: `CommandFailure` when the disk is full.
    func add(_ key: KeyFingerprint, _ value: UInt64, _ side: Side) throws(CommandFailure) {
        switch side {
        case .first: table[key, default: KeyDigest(key: key)].first.append(value)
        case .second: table[key, default: KeyDigest(key: key)].second.append(value)
        }
        if table.count >= maxEntries { try spill() }
    }

    private func spill() throws(CommandFailure) {
        let runs: SortedRuns
        if let there = self.runs {
            runs = there
        } else {
            runs = try SortedRuns(environment)
            self.runs = runs
        }
        // The index alone is sorted: the entries are large.
        try runs.add(table.keys.sorted().compactMap { table[$0] })
        table.removeAll(keepingCapacity: true)
    }

    /// Calls `body` for each key, once.
    ///
    /// - Throws: `CommandFailure` when what is on disk cannot be read.
    func forEach(_ body: (KeyDigest) -> Void) throws(CommandFailure) {
        guard let runs else {
            for digest in table.values { body(digest) }
            return
        }
        if !table.isEmpty { try spill() }
        table = [:]
        try runs.merge(body)
    }
}
