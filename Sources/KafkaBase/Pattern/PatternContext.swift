/// What lies before a position in a text, as far as assertions look at it.
struct PatternContext: OptionSet, Hashable, Sendable {
    var rawValue: UInt8

    /// Nothing.
    static let start = PatternContext(rawValue: 1)
    static let word = PatternContext(rawValue: 2)
    static let newline = PatternContext(rawValue: 4)

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(seenBy assertion: PatternNode.Assertion) {
        switch assertion {
        case .start: self = .start
        case .end: self = []
        case .lineStart, .lineEnd: self = [.start, .newline]
        case .wordBoundary, .noWordBoundary: self = .word
        }
    }

    /// Behind a scalar.
    init(behind scalar: UInt32) {
        self = ScalarSet.word.contains(scalar) ? .word : []
        if ScalarSet.newline.contains(scalar) { insert(.newline) }
    }

    /// Whether an assertion holds here.
    ///
    /// - Parameter next: the context behind the next character; nil at the end.
    func meets(_ assertion: PatternNode.Assertion, next: PatternContext?) -> Bool {
        switch assertion {
        case .start: contains(.start)
        case .end: next == nil
        case .lineStart: contains(.start) || contains(.newline)
        case .lineEnd: next?.contains(.newline) ?? true
        case .wordBoundary: contains(.word) != (next?.contains(.word) ?? false)
        case .noWordBoundary: contains(.word) == (next?.contains(.word) ?? false)
        }
    }
}
