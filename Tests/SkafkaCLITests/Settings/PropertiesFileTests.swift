import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct PropertiesFileTests {
    private func pairs(_ text: String) throws -> [String] {
        try PropertiesFile.parse(text).get().map { "\($0.line) \($0.key)=\($0.value)" }
    }

    @Test(arguments: [
        ("a=b", ["1 a=b"]), ("a = b c ", ["1 a=b c "]), ("a:b", ["1 a=b"]), ("a b", ["1 a=b"]),
        ("a", ["1 a="]), ("# x\n\n! y\n a=1\r\nb=2\rc=3", ["4 a=1", "5 b=2", "6 c=3"]),
        ("a=1\\\n   2\nb=3", ["1 a=12", "3 b=3"]), (#"a\=b=c"#, ["1 a=b=c"]),
        (#"a=\u00e9\t\ud83d\ude00"#, ["1 a=é\t😀"]), (#"a=b\\"#, [#"1 a=b\"#]), ("", []),
        ("a=b=c", ["1 a=b=c"]), ("a=b\\", ["1 a=b"]),
    ])
    func readsAsJavaDoes(text: String, expected: [String]) throws {
        #expect(try pairs(text) == expected)
    }

    @Test func namesTheLineOfAnError() {
        #expect(
            PropertiesFile.parse("a=1\nb=\\u12g4")
                == .failure(.init(line: 2, reason: "malformed \\u escape")))
    }

    @Test func survivesAnything() {
        var random = SeededGenerator(seed: 37)
        let alphabet = Array("ab=: \\\n\r\tu0#!é")
        for _ in 0..<5000 {
            let text = String(
                (0..<Int.random(in: 0..<20, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? "="
                })
            _ = PropertiesFile.parse(text)
        }
    }
}
