/// A regular expression in RE2's syntax, compiled. A value.
///
/// Expressions come from users and from other clients, so nothing about them may run away: there is
/// no backtracking (`PatternMatcher` takes a text in one pass), and size and nesting are bounded.
/// It says what RE2 can: classes, `\d \w \s \b`, `\pL` and `\p{Greek}`, `(?i)`, `(?m)`, `(?s)`,
/// counted repetitions, alternatives; no look-around and no references to groups.
///
/// ```swift
/// let pattern = try Pattern("status=5\\d\\d")
/// var matcher = PatternMatcher(pattern, .anywhere)
/// matcher.matches("GET / status=503")
/// ```
public struct Pattern: Sendable {
    /// Largest expression, in bytes.
    public static let maxBytes = 8192

    /// As it was given.
    public let text: String
    let program: PatternProgram
    let alphabet: PatternAlphabet
    let literal: RequiredLiteral?

    /// - Throws: `PatternError` with RE2's words.
    public init(_ text: String) throws(PatternError) {
        guard text.utf8.count <= Pattern.maxBytes else { throw .tooLarge }
        self.text = text
        var parser = PatternParser(text)
        let node = try parser.parse()
        program = try PatternProgram(node)
        alphabet = try PatternAlphabet(program)
        literal = RequiredLiteral(node)
    }
}
