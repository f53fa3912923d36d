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
            (
                #"%k{json} %v{json}\n"#, #""a \"b" "c\n"\#n null {"x": [1]}"#,
                ["a \"b|c\n", "null|{\"x\": [1]}"]
            ),
            (
                #"%v{json}\n"#, "\"\"\n12\n\"x",
                ["null|", "null|12", "a value: a string without end"]
            ),
            (#"%v{json}\n"#, #""\ud800"\#n"#, ["half a surrogate pair in a value"]),
            (#"%v{json};"#, "nul;", ["a value: a value is expected"]),
            (
                #"%h{json} %v\n"#, #"[{"key":"a","value":null}, {"key":"","value":"="}] x"#,
                ["null|x|a=null|=="]
            ),
            (#"%h{hex} %v\n"#, "a=6a,b,c= x\n", ["null|x|a=j|b=null|c="]),
            (#"%e %d %v\n"#, "3 1970-01-01T00:00:01.500Z x\n", ["null|x|t1500"]),
            (#"%d;%v\n"#, "-;x\n-62167219200001;y\n", ["null|x|t-1", "null|y|t-62167219200001"]),
            (#"%d;%v\n"#, "1970-01;x\n", ["a timestamp that is no such date"]),
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

    @Test func readsNumbers() throws {
        #expect(try read("%k{int16}:%v\\n", Array("16705:x\n".utf8)) == ["AA|x"])
        #expect(try read("%v{int16}\\n", Array("x\n".utf8)) == ["a value that is no int16"])
        #expect(
            try read("%p{big16}%T{little64}%o{big8}%v\\n", [0, 2, 5, 0, 0, 0, 0, 0, 0, 0, 9, 0x78])
                == ["null|x|p2|t5"])
        #expect(
            try read("%T{big64}%v\\n", [UInt8](repeating: 0xFF, count: 8) + [0x78])
                == ["null|x|t-1"])
    }

    /// However the input is cut, a value of JSON is not taken for whole before it is.
    @Test func waitsForTheEndOfJSON() throws {
        let reader = FormatReader(try InputFormat("%k{json} %v{json}\\n"))
        let text = Array(#"{"a":[true,"\u00e9\\"],"b":-1.5e3} null"#.utf8)
        for count in 0..<text.count {
            let outcome = text.prefix(count).withUnsafeBytes {
                reader.read($0, isAtEnd: false) { _ in }
            }
            #expect(outcome == .needsMore, "\(count) bytes")
        }
    }

    @Test(
        arguments: [
            "", "abc", "%v", "%k%v\\n", "%K%v\\n", "%e", "%V{json}%v", "%v{json}", "%t{json} ",
            "%v{int8}\\n", "%x\\n", "%d{strftime[%Y]}\\n",
        ])
    func refusesFormatsWithoutEnds(format: String) {
        #expect {
            try InputFormat(format)
        } throws: { error in
            (error as? CommandFailure)?.status == .usage
        }
    }

    @Test func survivesAnything() throws {
        var random = SeededGenerator(seed: 43)
        let formats = try [
            "%k %v\\n", "%V{big32}%v", "%K %V %k%v", "%h,%T,%p,%v{base64};",
            "%k{json};%d,%v{json}\\n", "%p{big32}%h{json} %v{int64};",
        ].map {
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
