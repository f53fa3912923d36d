import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct EscapedTextTests {
    @Test(
        arguments: [
            ("", []), ("ab", [0x61, 0x62]), (#"\n"#, [10]), (#"\t\r\0\\"#, [9, 13, 0, 92]),
            (#"\x00\xfF"#, [0, 255]), (#"a\x41b"#, [0x61, 0x41, 0x62]), ("é", [0xC3, 0xA9]),
        ] as [(String, [UInt8])])
    func readsEscapes(text: String, bytes: [UInt8]) throws {
        #expect(try EscapedText.bytes(of: text, option: "-D") == bytes)
    }

    @Test(arguments: [#"\"#, #"\q"#, #"\x"#, #"\x4"#, #"\xg0"#, #"abc\"#])
    func refusesUnknownOnes(text: String) {
        #expect {
            try EscapedText.bytes(of: text, option: "-D")
        } throws: { error in
            (error as? CommandFailure)?.status == .usage
        }
    }

    @Test func survivesAnything() {
        var random = SeededGenerator(seed: 11)
        let alphabet = Array(#"\nxt0aF%{}é"#)
        for _ in 0..<5000 {
            let text = String(
                (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? "a"
                })
            let bytes = try? EscapedText.bytes(of: text, option: "-D")
            #expect((bytes?.count ?? 0) <= text.utf8.count)
        }
    }
}
