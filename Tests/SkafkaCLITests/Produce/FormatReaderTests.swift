import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct FormatReaderTests {
    /// All records of an input; a trailing message for what does not fit.
    private func read(_ format: String, _ bytes: [UInt8]) throws -> [String] {
        let reader = FormatReader(try InputFormat(format))
        var rest = bytes[...]
        var result: [String] = []
        while !rest.isEmpty {
            var text = ""
            let outcome = Array(rest).withUnsafeBytes { bytes in
                reader.read(bytes, isAtEnd: true) { record in
                    let sample = SampleRecord(record)
                    let show = { (bytes: [UInt8]?) in
                        bytes.map { String(decoding: $0, as: UTF8.self) } ?? "null"
                    }
                    text = "\(show(sample.key))|\(show(sample.value))"
                    if let partition = record.partition { text += "|p\(partition)" }
                    if let time = record.timestamp { text += "|t\(time)" }
                    for header in sample.headers {
                        text += "|\(show(header.name))=\(show(header.value))"
                    }
                }
            }
            switch outcome {
            case .record(let consumed):
                result.append(text)
                rest = rest.dropFirst(consumed)
            case .needsMore: return result + ["…"]
            case .failed(let reason): return result + [reason]
            }
        }
        return result
    }

    @Test(
        arguments: [
            (#"%k %v\n"#, "a b c\nd e\n", ["a|b c", "d|e"]),
            (#"%v\n"#, "x\ny", ["null|x", "null|y"]),
            (#"%k{hex}:%v{base64};"#, "6869:Zg==;", ["hi|f"]),
            (#"%p/%T %v\n"#, "3/17 x\n", ["null|x|p3|t17"]),
            (#"%h\t%v\n"#, "a=b,c,d=\tx\n", ["null|x|a=b|c=null|d="]),
            (#"%t[%o]%v\n"#, "topic[5]x\n", ["null|x"]),
            (#"<%v>\n"#, "<a>\n<b>\n", ["null|a", "null|b"]),
            (#"%V:%v,"#, "3:a,b,0:,", ["null|a,b", "null|"]),
            (#"%k %v\n"#, "a b\nc", ["a|b", "…"]),
            (#"<%v>\n"#, "x", ["the input does not fit --format"]),
            (#"%V:%v,"#, "x:a,", ["a length of -2"]),
            (#"%p %v\n"#, "x y\n", ["a partition that is no number"]),
        ] as [(String, String, [String])])
    func reads(format: String, text: String, expected: [String]) throws {
        #expect(try read(format, Array(text.utf8)) == expected)
    }

    @Test func readsBinaryLengths() throws {
        let bytes: [UInt8] = [0, 0, 0, 2, 0x61, 0x62, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
        #expect(try read("%V{big32}%v", bytes) == ["null|ab", "null|null", "null|"])
        #expect(
            try read("%K{little16}%V{big8}%k%v", [1, 0, 2, 0x61, 0x62, 0x63]) == ["a|bc"])
        #expect(try read("%V{big32}%v", [0, 0, 0, 9, 1]) == ["…"])
        #expect(try read("%V{big32}%v", [0x80, 0, 0, 0, 1]) == ["a length of -2147483648"])
    }

    @Test(arguments: ["", "abc", "%v", "%k%v\\n", "%K%v\\n", "%e\\n", "%V{json}%v", "%v{json}\\n"])
    func refusesFormatsWithoutEnds(format: String) {
        #expect {
            try InputFormat(format)
        } throws: { error in
            (error as? CommandFailure)?.status == .usage
        }
    }

    @Test func survivesAnything() throws {
        var random = SeededGenerator(seed: 43)
        let formats = try ["%k %v\\n", "%V{big32}%v", "%K %V %k%v", "%h,%T,%p,%v{base64};"].map {
            FormatReader(try InputFormat($0))
        }
        for _ in 0..<10_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
                    & (Bool.random(using: &random) ? 0x3F : 0xFF)
            }
            for reader in formats {
                bytes.withUnsafeBytes { bytes in
                    let outcome = reader.read(bytes, isAtEnd: true) { _ in }
                    if case .record(let consumed) = outcome {
                        #expect(consumed > 0 && consumed <= bytes.count)
                    }
                }
            }
        }
    }
}
