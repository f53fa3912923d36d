/// A parsed expression. Groups leave nothing behind: what they captured nobody asks.
indirect enum PatternNode: Sendable, Equatable {
    enum Assertion: Sendable, Equatable {
        case start
        case end
        /// `(?m)^` and `(?m)$`.
        case lineStart
        case lineEnd
        case wordBoundary
        case noWordBoundary
    }

    case empty
    case character(ScalarSet)
    case assertion(Assertion)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// `max` is nil for any number.
    case repetition(PatternNode, min: Int, max: Int?)

    static func sequence(of nodes: [PatternNode]) -> PatternNode {
        switch nodes.count {
        case 0: .empty
        case 1: nodes[0]
        default: .sequence(nodes)
        }
    }
}
