/// Why an expression cannot be used.
public enum PatternError: Error, Equatable {
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
    public var description: String {
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
