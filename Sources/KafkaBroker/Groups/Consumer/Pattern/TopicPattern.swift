/// A regular expression over topic names, as consumers subscribe with (KIP-848): RE2's syntax, and
/// a name matches as a whole.
///
/// It comes from clients, so nothing about it may run away: there is no backtracking, the
/// expression's size and nesting are bounded, and matching takes its steps from a budget. Topic
/// names are ASCII, so only ASCII can match. A value.
struct TopicPattern: Sendable {
    /// Largest expression, in bytes.
    static let maxBytes = 8192
    /// Steps that matching one expression against all names may take: some 10,000 names with 100
    /// characters each at 50 alternatives at a time; about 200 ms.
    static let maxSteps = 50_000_000

    private let program: PatternProgram

    /// - Throws: `PatternError` with RE2's words.
    init(_ expression: String) throws(PatternError) {
        guard expression.utf8.count <= TopicPattern.maxBytes else { throw .tooLarge }
        var parser = PatternParser(expression)
        program = try PatternProgram(parser.parse())
    }

    /// The names that match.
    ///
    /// - Throws: `PatternError.tooLarge` when that takes too many steps.
    func matching(
        _ names: some Sequence<String>, maxSteps: Int = TopicPattern.maxSteps
    ) throws(PatternError) -> Set<String> {
        var matcher = PatternMatcher(program, maxSteps: maxSteps)
        var result: Set<String> = []
        for name in names {
            if try matcher.matches(name) { result.insert(name) }
        }
        return result
    }
}

/// Why an expression cannot be used.
enum PatternError: Error, Equatable {
    case missingParenthesis
    case unexpectedParenthesis
    case missingBracket
    case trailingBackslash
    case invalidEscape
    case invalidClassRange
    case missingRepeatArgument
    case invalidNestedRepeat
    case invalidRepeatSize
    case invalidNamedCapture
    case invalidPerlSyntax
    case tooDeep
    case tooLarge
}

extension PatternError: CustomStringConvertible {
    var description: String {
        switch self {
        case .missingParenthesis: "missing closing )"
        case .unexpectedParenthesis: "unexpected )"
        case .missingBracket: "missing closing ]"
        case .trailingBackslash: "trailing backslash at end of expression"
        case .invalidEscape: "invalid escape sequence"
        case .invalidClassRange: "invalid character class range"
        case .missingRepeatArgument: "missing argument to repetition operator"
        case .invalidNestedRepeat: "invalid nested repetition operator"
        case .invalidRepeatSize: "invalid repeat count"
        case .invalidNamedCapture: "invalid named capture"
        case .invalidPerlSyntax: "invalid or unsupported Perl syntax"
        case .tooDeep: "expression nests too deeply"
        case .tooLarge: "expression too large"
        }
    }
}
