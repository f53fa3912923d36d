import TestSupport
import Testing

@testable import SkafkaCLI

/// Against the plainest way to write the same.
@Suite struct TextEscapesTests {
    private func json(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\""): Array(#"\""#.utf8)
            case UInt8(ascii: "\\"): Array(#"\\"#.utf8)
            case 8: Array(#"\b"#.utf8)
            case 9: Array(#"\t"#.utf8)
            case 10: Array(#"\n"#.utf8)
            case 12: Array(#"\f"#.utf8)
            case 13: Array(#"\r"#.utf8)
            case 0..<0x20: Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: [byte]
            }
        }
    }

    private func line(_ bytes: [UInt8], isText: Bool) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case 9: Array(#"\t"#.utf8)
            case 10: Array(#"\n"#.utf8)
            case 13: Array(#"\r"#.utf8)
            case UInt8(ascii: "\\"): Array(#"\\"#.utf8)
            case 0..<0x20, 0x7F: Array("\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            case 0x80... where !isText: Array("\\x\(String(byte, radix: 16))".utf8)
            default: [byte]
            }
        }
    }

    /// Bytes with few or many that need an escape, at any distance from each other.
    private func samples() -> [[UInt8]] {
        var random = SeededGenerator(seed: 7)
        var samples: [[UInt8]] = [[], Array(0...255), Array(repeating: 0, count: 100)]
        for length in 0..<70 {
            var plain = [UInt8](repeating: UInt8(ascii: "x"), count: length)
            samples.append(plain)
            guard length > 0 else { continue }
            plain[.random(in: 0..<length, using: &random)] = .random(in: 0...255, using: &random)
            samples.append(plain)
            samples.append((0..<length).map { _ in .random(in: 0...255, using: &random) })
        }
        return samples
    }

    @Test(arguments: [64, 100, 1 << 16])
    func `All bytes come out, escaped where they must be`(capacityBytes: Int) throws {
        for sample in samples() {
            func written(_ body: (OutputBuffer, UnsafeRawBufferPointer) -> Void) throws -> [UInt8] {
                try Captured.bytes(capacityBytes: capacityBytes) { output in
                    sample.withUnsafeBytes { body(output, $0) }
                }
            }
            #expect(try written { $0.append($1, escapes: JSONEscapes.self) } == json(sample))
            #expect(
                try written { $0.append($1, escapes: LineEscapes.self) }
                    == line(sample, isText: true))
            #expect(
                try written { $0.append($1, escapes: BinaryLineEscapes.self) }
                    == line(sample, isText: false))
        }
    }

    @Test func `A text with one byte too many is no text`() throws {
        let text = try Captured.text { output in
            "grün\t".utf8CString.dropLast().withUnsafeBytes { output.appendEscaped($0) }
            [0x67, 0xFC, 0x09].map(UInt8.init).withUnsafeBytes { output.appendEscaped($0) }
        }
        #expect(text == #"grün\tg\xfc\t"#)
    }
}
