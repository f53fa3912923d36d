import KafkaBase
import TestSupport
import Testing

@Suite struct PatternTests {
    private static func fits(
        _ expression: String, _ text: String, _ span: PatternMatcher.Span
    ) throws -> Bool? {
        var matcher = PatternMatcher(try Pattern(expression), span)
        return matcher.matches(text)
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
    func `A text matches as a whole`(expression: String, name: String, expected: Bool) throws {
        #expect(try Self.fits(expression, name, .whole) == expected)
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
        #expect(throws: error) { try Pattern(expression) }
    }

    @Test(
        arguments: [
            ("ERROR", "an ERROR here", true), ("ERROR", "an error here", false),
            ("(?i)error", "an ERROR", true), ("^an", "an a", true), ("^an", "a an", false),
            ("here$", "so here", true), ("here$", "here\n", false), ("a.c", "xabcx", true),
            ("a.c", "a\nc", false), ("(?s)a.c", "a\nc", true), ("(?m)^b$", "a\nb\nc", true),
            ("^b$", "a\nb\nc", false), ("(?m)c$", "c\nb", true), ("\\bcat\\b", "a cat.", true),
            ("\\bcat\\b", "concat", false), ("\\Bcat", "concat", true), ("", "", true),
            ("", "abc", true), ("a|", "xyz", true), ("(ab){2}", "xababx", true),
            ("x*y", "zzy", true), ("status=5\\d\\d", "GET status=503 ok", true),
            ("status=5\\d\\d", "GET status=404 ok", false), ("[^a]", "aaa", false),
            ("[^a]", "aaba", true), ("a$|b", "ab", true), ("(?i)k", "\u{212A}", true),
        ])
    func `A text is searched`(expression: String, text: String, expected: Bool) throws {
        #expect(try Self.fits(expression, text, .anywhere) == expected)
    }

    @Test(
        arguments: [
            ("^.$", "é", true), ("^..$", "é", false), ("^.{3}$", "日本語", true),
            ("[а-я]+", "привет", true), ("^[а-я]+$", "Привет", false),
            ("(?i)^[а-я]+$", "Привет", true),
            ("(?i)ÄRGER", "ärger", true), ("\\p{Greek}", "abc λ", true),
            ("\\p{Greek}", "abc", false),
            ("^\\pL+$", "naïveté", true), ("^\\p{Lu}", "Éa", true), ("\\p{Han}{2}", "日本", true),
            ("[^é]", "ééé", false), ("[^é]", "éeé", true), ("é+", "aéé", true), ("\\w", "é", false),
            ("\\x{1F600}", "😀", true), ("\\P{Sc}", "€", false), ("\\p{Sc}", "€", true),
        ])
    func `Characters are Unicode's`(expression: String, text: String, expected: Bool) throws {
        #expect(try Self.fits(expression, text, .anywhere) == expected)
    }

    @Test(
        arguments: [
            ("a.b", [0x61, 0xFF, 0x62], true), ("a..b", [0x61, 0xC3, 0x28, 0x62], true),
            ("a.b", [0x61, 0xED, 0xA0, 0x80, 0x62], false),
            ("a...b", [0x61, 0xED, 0xA0, 0x80, 0x62], true),
            ("é", [0xC3], false), ("^..$", [0xF5, 0x80], true), ("\\x{FFFD}", [0x80], true),
            ("^.$", [0xF0, 0x9F, 0x98, 0x80], true), ("^.$", [0xF0, 0x9F, 0x98], false),
        ] as [(String, [UInt8], Bool)])
    func `Bytes that are no text count one by one`(
        expression: String, bytes: [UInt8], expected: Bool
    ) throws {
        var matcher = PatternMatcher(try Pattern(expression), .anywhere)
        #expect(bytes.withUnsafeBytes { matcher.matches($0) } == expected)
    }

    @Test func `An expression that makes others run away is linear here`() throws {
        let text = String(repeating: "a", count: 100_000)
        for expression in ["(a*)*(a*)*(a|aa)+b", "(a|a)*(a|a)*c", "(a+)+$b", "(.*)(.*)(.*)x{9}"] {
            #expect(try Self.fits(expression, text, .whole) == false)
            #expect(try Self.fits(expression, text, .anywhere) == false)
        }
    }

    /// Each position of the text leads to a state of its own, so the table fills again and again.
    @Test func `A table that is full begins anew`() throws {
        var generator = SeededGenerator(seed: 3)
        let letters = (0..<30_000).map { _ in
            Bool.random(using: &generator) ? UInt8(ascii: "a") : UInt8(ascii: "b")
        }
        var matcher = PatternMatcher(try Pattern("a[ab]{40}c"), .anywhere)
        #expect(letters.withUnsafeBytes { matcher.matches($0) } == false)
        let last = letters + Array("a".utf8) + letters.prefix(40) + Array("c".utf8)
        #expect(last.withUnsafeBytes { matcher.matches($0) } == true)
    }

    @Test func `Work for states can be bounded`() throws {
        var matcher = PatternMatcher(try Pattern("(a?){1000}b"), .whole, maxSteps: 10_000)
        #expect(matcher.matches(String(repeating: "a", count: 200)) == nil)
    }

    /// Against the engine of the standard library, which goes back over its steps.
    @Test func `Swift's own engine agrees`() throws {
        let pieces = [
            "a", "b", "ab", "[ab]", "[^a]", ".", "c?", "(a|b)", "b*", "(ab)+", "a{1,2}", "é",
            "^", "$", "(?:c|)", "\\w", "\\d",
        ]
        let letters = Array("aabbcé1 ")
        try Seeds.run(400) { _, generator in
            let count = Int.random(in: 1...5, using: &generator)
            let expression = (0..<count).map { _ in
                pieces.randomElement(using: &generator) ?? "a"
            }.joined()
            let regex = try Regex(expression).matchingSemantics(.unicodeScalar)
                .asciiOnlyWordCharacters().asciiOnlyDigits()
            var anywhere = PatternMatcher(try Pattern(expression), .anywhere)
            var whole = PatternMatcher(try Pattern(expression), .whole)
            for _ in 0..<20 {
                let length = Int.random(in: 0...8, using: &generator)
                let text = String(
                    (0..<length).map { _ in letters.randomElement(using: &generator) ?? "a" })
                #expect(
                    try anywhere.matches(text) == (regex.firstMatch(in: text) != nil),
                    "\(expression) in \(text)")
                #expect(
                    try whole.matches(text) == (regex.wholeMatch(in: text) != nil),
                    "\(expression) as \(text)")
            }
        }
    }

    @Test func `Expressions of any bytes are read or refused`() throws {
        let alphabet = Array("ab01.*+?|()[]{}^$\\-,:<>PidwQEé=!".unicodeScalars)
        try Seeds.run(3000) { _, generator in
            let length = Int.random(in: 0...24, using: &generator)
            let scalars = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? "a" }
            let expression = String(String.UnicodeScalarView(scalars))
            if let pattern = try? Pattern(expression) {
                for span in [PatternMatcher.Span.whole, .anywhere] {
                    var matcher = PatternMatcher(pattern, span)
                    for text in ["", "a", "ab", "a-b.0", "é=!"] { _ = matcher.matches(text) }
                }
            }
        }
    }
}
