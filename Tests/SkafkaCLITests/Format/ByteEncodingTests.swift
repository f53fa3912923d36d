import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct ByteEncodingTests {
    private func encoded(_ bytes: [UInt8]?, _ encoding: ByteEncoding) throws -> String {
        try Captured.text { output in
            if let bytes {
                bytes.withUnsafeBytes { output.append($0, as: encoding) }
            } else {
                output.append(nil, as: encoding)
            }
        }
    }

    /// The vectors of RFC 4648.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func base64OfTheStandard(text: String, expected: String) throws {
        #expect(try encoded(Array(text.utf8), .base64) == expected)
        var decoded: [UInt8] = []
        #expect(Array(expected.utf8).withUnsafeBytes { Base64.decode($0, into: &decoded) })
        #expect(decoded == Array(text.utf8))
    }

    @Test(arguments: ["Zg=", "Zg", "Z===", "Zg==Zg==", "Zm 8", "====", "Zm9v\n"])
    func refusesWhatIsNoBase64(text: String) {
        var decoded: [UInt8] = []
        #expect(!Array(text.utf8).withUnsafeBytes { Base64.decode($0, into: &decoded) })
    }

    @Test func hexAndBase64GoBothWays() throws {
        var random = SeededGenerator(seed: 3)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var decoded: [UInt8] = []
            let base64 = Array(try encoded(bytes, .base64).utf8)
            #expect(base64.withUnsafeBytes { Base64.decode($0, into: &decoded) })
            #expect(decoded == bytes)
            decoded = []
            let hex = Array(try encoded(bytes, .hex).utf8)
            #expect(hex.withUnsafeBytes { HexText.decode($0, into: &decoded) })
            #expect(decoded == bytes)
        }
    }

    @Test func nullIsNothingButInJSON() throws {
        #expect(try encoded(nil, .utf8) == "")
        #expect(try encoded(nil, .hex) == "")
        #expect(try encoded(nil, .json) == "null")
        #expect(try encoded([], .json) == "\"\"")
        #expect(try encoded(Array("a\"\u{1}\né".utf8), .json) == #""a\"\u0001\né""#)
    }

    @Test(
        arguments: [
            [0x41], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x98, 0x80], [0xED, 0x9F, 0xBF],
            [0xF4, 0x8F, 0xBF, 0xBF], [], Array(repeating: 0x61, count: 40) + [0xC3, 0xA9],
        ] as [[UInt8]])
    func takesUTF8(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { UTF8Check.isValid($0) })
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF5, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xC3], [0xFF],
            Array(repeating: 0x61, count: 40) + [0xC3],
        ] as [[UInt8]])
    func refusesWhatIsNoUTF8(bytes: [UInt8]) {
        #expect(!bytes.withUnsafeBytes { UTF8Check.isValid($0) })
    }

    /// The standard library knows too.
    @Test func agreesWithTheStandardLibrary() {
        var random = SeededGenerator(seed: 5)
        let interesting: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xED, 0xEF,
            0xF0, 0xF4,
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<7, using: &random)).map { _ in
                interesting.randomElement(using: &random) ?? 0
            }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect(bytes.withUnsafeBytes { UTF8Check.isValid($0) } == isValid, "\(bytes)")
        }
    }
}
