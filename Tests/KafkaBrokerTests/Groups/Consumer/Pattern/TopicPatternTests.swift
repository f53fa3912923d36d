import TestSupport
import Testing

@testable import KafkaBroker

@Suite struct TopicPatternTests {
    private static func matches(_ expression: String, _ name: String) throws -> Bool {
        try TopicPattern(expression).matching([name]) == [name]
    }

    @Test(
        arguments: [
            ("orders", "orders", true), ("orders", "orders-eu", false),
            ("orders", "my-orders", false),
            ("orders.*", "orders-eu", true), ("^orders$", "orders", true), ("", "a", false),
            ("a|b|cd", "cd", true), ("a|b|cd", "c", false), ("(a|b)+c?", "abbac", true),
            ("(a|b)+c?", "c", false), ("t[0-9]{3}", "t042", true), ("t[0-9]{3}", "t04", false),
            ("t\\d{2,}", "t1234", true), ("t\\d{2,4}", "t12345", false), ("t\\d{0}", "t", true),
            ("[^a-c]x", "dx", true), ("[^a-c]x", "bx", false), ("[]a]+", "]a]", true),
            ("[a-c-]+", "a-c", true), ("a.c", "a.c", true), ("a\\.c", "abc", false),
            ("(?i)ORDERS", "orders", true), ("(?i:O)rders", "orders", true),
            ("(?i:O)rders", "oRders", false), ("(?i)[k-m]+(?-i)Z", "KlmZ", true),
            ("(?P<name>a+)b", "aab", true), ("(?<name>a+)b", "aab", true),
            ("(?:ab)*", "abab", true),
            ("(?s).*", "x", true), ("\\Qa.b\\E.", "a.bc", true), ("\\Qa.b\\E", "axb", false),
            ("\\bfoo\\b.*", "foo-bar", true), ("\\bfoo\\b.*", "foobar", false),
            ("foo\\Bbar", "foobar", true), ("[[:alpha:]]+", "abc", true),
            ("[[:^alpha:]]", "a", false),
            ("[[:digit:]_]+", "1_2", true), ("\\w+", "a_1", true), ("\\W", "-", true),
            ("\\pL+", "abc", true), ("\\p{Lu}+", "abc", false), ("\\P{L}", "1", true),
            ("\\p{^L}", "1", true), ("\\p{Greek}", "a", false), ("\\x61\\x{62}\\141", "aba", true),
            ("a*?b+?", "aab", true), ("(a*)*", "aaa", true), ("(a*)*b", "aaa", false),
            ("(|a)+", "aa", true), ("x{a}", "x{a}", true), ("a{2}", "aa", true),
            ("[\\d-]+", "1-2", true), ("[\\w.]+", "a.b", true), ("é|a", "a", true),
            ("a$b", "a$b", false), ("(^a|b)c", "ac", true), ("[а-я]", "a", false),
        ])
    func `A name matches as a whole`(expression: String, name: String, expected: Bool) throws {
        #expect(try Self.matches(expression, name) == expected)
    }

    @Test(
        arguments: [
            ("(a", PatternError.missingParenthesis), ("a)", .unexpectedParenthesis),
            ("[a", .missingBracket), ("[", .missingBracket), ("[]", .missingBracket),
            ("a\\", .trailingBackslash), ("\\q", .invalidEscape), ("\\8", .invalidEscape),
            ("(a)\\1", .invalidEscape), ("[z-a]", .invalidClassRange),
            ("[[:nope:]]", .invalidClassRange), ("\\p{Nope}", .invalidClassRange),
            ("*", .missingRepeatArgument), ("a|*", .missingRepeatArgument),
            ("(+)", .missingRepeatArgument), ("a**", .invalidNestedRepeat),
            ("a{2}{3}", .invalidNestedRepeat), ("a{1001}", .invalidRepeatSize),
            ("a{3,2}", .invalidRepeatSize), ("(?P<a>x)(?P<a>y)", .invalidNamedCapture),
            ("(?P=a)", .invalidNamedCapture), ("(?=a)", .invalidPerlSyntax),
            ("(?!a)", .invalidPerlSyntax), ("(?<=a)", .invalidNamedCapture),
            ("(?i", .missingParenthesis), ("(a{1000}){1000}", .tooLarge),
            (String(repeating: "(", count: 300) + String(repeating: ")", count: 300), .tooDeep),
            (String(repeating: "a", count: 9000), .tooLarge),
        ])
    func `What RE2 does not take, neither do we`(expression: String, error: PatternError) {
        #expect(throws: error) { try TopicPattern(expression) }
    }

    @Test func `An expression that makes others run away is linear here`() throws {
        let name = String(repeating: "a", count: 249)
        #expect(try !Self.matches("(a*)*(a*)*(a|aa)+b", name))
        #expect(try !Self.matches("(a|a)*(a|a)*c", name))
    }

    @Test func `Matching gives up when it takes too long`() throws {
        let pattern = try TopicPattern("(a?){1000}(a?){1000}(a?){1000}(a?){1000}b")
        let names = (0..<1000).map { String(repeating: "a", count: 200) + "\($0)" }
        #expect(throws: PatternError.tooLarge) {
            try pattern.matching(names, maxSteps: 100_000)
        }
    }

    @Test func `Expressions of any bytes are read or refused`() throws {
        let alphabet = Array("ab01.*+?|()[]{}^$\\-,:<>PidwQEé=!".unicodeScalars)
        try Seeds.run(3000) { _, generator in
            let length = Int.random(in: 0...24, using: &generator)
            let scalars = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? "a" }
            let expression = String(String.UnicodeScalarView(scalars))
            if let pattern = try? TopicPattern(expression) {
                _ = try pattern.matching(["a", "ab", "a-b.0", "__consumer_offsets"])
            }
        }
    }
}
