/// A place in a partition as the command line has it.
enum OffsetPoint: Equatable, Sendable {
    case beginning
    case end
    case absolute(Int64)
    /// So many before the end.
    case beforeEnd(Int64)
    case time(TimeSpec)
    /// What the group has committed.
    case stored

    /// - Parameter text: a name, `N`, `-N` or `@TIME`.
    init?(_ text: some StringProtocol) {
        switch text {
        case "beginning", "earliest", "start", "oldest": self = .beginning
        case "end", "latest", "newest": self = .end
        case "stored": self = .stored
        default:
            if text.hasPrefix("@") {
                guard let time = TimeSpec(text.dropFirst()) else { return nil }
                self = .time(time)
            } else if text.hasPrefix("-") {
                guard let number = OffsetPoint.number(text.dropFirst()) else { return nil }
                self = .beforeEnd(number)
            } else {
                guard let number = OffsetPoint.number(text[...]) else { return nil }
                self = .absolute(number)
            }
        }
    }

    private static func number(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text)
    }
}

/// Where `consume` begins and ends: `SPEC`, `FROM:TO`, kcat's `s@MS` and `e@MS`.
///
/// `TO` is the first offset that is not read any more; `end` in it is the end at the start.
struct OffsetRange: Equatable, Sendable {
    /// Nil is the command's default.
    var from: OffsetPoint?
    /// Nil goes on for ever.
    var to: OffsetPoint?

    init(from: OffsetPoint? = nil, to: OffsetPoint? = nil) {
        self.from = from
        self.to = to
    }

    init?(_ text: String) {
        if text.hasPrefix("s@") || text.hasPrefix("e@") {
            guard let time = TimeSpec(text.dropFirst(2)) else { return nil }
            self =
                text.hasPrefix("s") ? OffsetRange(from: .time(time)) : OffsetRange(to: .time(time))
        } else if let point = OffsetPoint(text) {
            self.init(from: point)
        } else if let range = OffsetRange.split(text) {
            self = range
        } else {
            return nil
        }
    }

    /// Times hold colons too, so every colon is tried.
    private static func split(_ text: String) -> OffsetRange? {
        for index in text.indices where text[index] == ":" {
            let left = text[..<index]
            let right = text[text.index(after: index)...]
            let from = left.isEmpty ? .beginning : OffsetPoint(left)
            let to = right.isEmpty ? .end : OffsetPoint(right)
            if let from, let to, to != .stored { return OffsetRange(from: from, to: to) }
        }
        return nil
    }

    /// Several `-o` together, each saying a part (`-o s@1 -o e@2`).
    ///
    /// - Throws: `CommandFailure` of status `usage`.
    init(options: [String]) throws(CommandFailure) {
        self.init()
        for option in options {
            guard let part = OffsetRange(option) else {
                throw .usage(
                    """
                    '\(option)' is no offset; write beginning, end, stored, N, -N (the last N), \
                    @TIME or a range FROM:TO
                    """)
            }
            guard part.from == nil || from == nil, part.to == nil || to == nil else {
                throw .usage("--offset says twice where to begin or end")
            }
            from = part.from ?? from
            to = part.to ?? to
        }
    }
}
