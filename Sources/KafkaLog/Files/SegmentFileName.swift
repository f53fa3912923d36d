/// Name of a file in a partition's directory: 20 digits of an offset, the kind, and perhaps a
/// suffix of work under way.
struct SegmentFileName: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case log, index, timeindex, txnindex, snapshot

        /// An index goes when its log does.
        var isIndex: Bool { self == .index || self == .timeindex || self == .txnindex }
    }

    enum Suffix: String, Sendable {
        case none = ""
        case cleaned = ".cleaned"
        case swap = ".swap"
        case deleted = ".deleted"
    }

    var offset: Int64
    var kind: Kind
    var suffix: Suffix

    init(_ offset: Int64, _ kind: Kind, _ suffix: Suffix = .none) {
        self.offset = offset
        self.kind = kind
        self.suffix = suffix
    }

    /// Nil for any other name.
    init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, parts[0].utf8.count == 20,
            let offset = Int64(parts[0]), (0...BatchFrame.maxOffset).contains(offset),
            let kind = Kind(rawValue: String(parts[1])),
            let suffix = Suffix(rawValue: parts.count == 3 ? "." + parts[2] : "")
        else { return nil }
        self.init(offset, kind, suffix)
    }

    var name: String {
        let digits = String(offset)
        let zeros = String(repeating: "0", count: max(0, 20 - digits.utf8.count))
        return "\(zeros)\(digits).\(kind.rawValue)\(suffix.rawValue)"
    }

    /// Full path in a partition's directory.
    func path(in directory: String) -> String { directory + "/" + name }
}
