internal import KafkaBase

/// A regular expression over names of topics, as consumers subscribe with (KIP-848): RE2's syntax,
/// and a name matches as a whole. It comes from clients, so matching takes its steps from a budget.
/// A value.
struct TopicPattern: Sendable {
    /// Steps that matching one expression against all names may take; some 500 ms at most, and far
    /// fewer for any expression that is not made to take long.
    static let maxSteps = 50_000_000

    private let pattern: Pattern

    /// - Throws: `PatternError` with RE2's words.
    init(_ expression: String) throws(PatternError) {
        pattern = try Pattern(expression)
    }

    /// The names that match.
    ///
    /// - Throws: `PatternError.tooLarge` when that takes too many steps.
    func matching(
        _ names: some Sequence<String>, maxSteps: Int = TopicPattern.maxSteps
    ) throws(PatternError) -> Set<String> {
        var matcher = PatternMatcher(pattern, .whole, maxSteps: maxSteps)
        var result: Set<String> = []
        for name in names {
            guard let isMatch = matcher.matches(name) else { throw .tooLarge }
            if isMatch { result.insert(name) }
        }
        return result
    }
}
