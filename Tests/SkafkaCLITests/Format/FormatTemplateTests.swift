import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct FormatTemplateTests {
    private let record = SampleRecord(
        key: "k1", value: "v\u{1F600}", headers: [("a", "b"), ("n", nil), ("a", "")])

    private func rendered(_ format: String, _ record: SampleRecord) throws -> [UInt8] {
        let template = try FormatTemplate(format)
        return try Captured.bytes { output in
            try? record.withFields { template.append($0, to: output) }
        }
    }

    private func text(_ format: String, _ record: SampleRecord) throws -> String {
        String(decoding: try rendered(format, record), as: UTF8.self)
    }

    @Test(arguments: [
        ("%t-%p@%o", "t-3@42"), ("%k=%v", "k1=v😀"), ("%s", "v😀"), ("%K %V %S", "2 5 5"),
        ("%T", "1700000000123"), ("%d", "2023-11-14T22:13:20.123Z"), ("%h", "a=b,n,a="),
        ("%e", "7"), ("100%%", "100%"), (#"\n\t\x41"#, "\n\tA"), ("%k{hex}", "6b31"),
        ("%k{base64}", "azE="), ("%v{json}", "\"v😀\""), ("%d{strftime[%Y]}", "2023"),
        ("%h{json}", #"[{"key":"a","value":"b"},{"key":"n","value":null},{"key":"a","value":""}]"#),
        ("%o{ascii}", "42"), ("", ""), ("x", "x"),
    ])
    func showsEachToken(format: String, expected: String) throws {
        #expect(try text(format, record) == expected)
    }

    @Test func showsNull() throws {
        let empty = SampleRecord()
        #expect(try text("[%k|%v|%K|%V|%h]", empty) == "[||-1|-1|]")
        #expect(try text("%k{json} %h{json}", empty) == "null []")
    }

    @Test func framesWithBinaryLengths() throws {
        #expect(
            try rendered("%V{big32}%v", SampleRecord(value: "abc"))
                == [0, 0, 0, 3, 0x61, 0x62, 0x63])
        #expect(try rendered("%V{little16}", SampleRecord(value: "abc")) == [3, 0])
        #expect(try rendered("%V{big32}", SampleRecord()) == [0xFF, 0xFF, 0xFF, 0xFF])
        // kcat's name.
        #expect(
            try rendered("%R%s", SampleRecord(value: "abc")) == [0, 0, 0, 3] + Array("abc".utf8))
        #expect(try rendered("%o{big64}", SampleRecord()) == [0, 0, 0, 0, 0, 0, 0, 42])
        #expect(try rendered("%o{big8}", SampleRecord()) == [42])
    }

    @Test(arguments: [
        "%", "%q", "%k{", "%k{rot13}", "%p{hex}", "%o{big3}", "%d{go[x]}", #"\q"#, "%d{strftime[x}",
    ])
    func refusesTheRest(format: String) {
        #expect {
            try FormatTemplate(format)
        } throws: { error in
            (error as? CommandFailure)?.status == .usage
        }
    }

    @Test func knowsTheUsualLine() throws {
        #expect(try FormatTemplate(#"%v\n"#).isValueLine)
        #expect(try FormatTemplate(#"%s\n"#).isValueLine)
        #expect(!(try FormatTemplate(#"%v\n"#, valueEncoding: .hex).isValueLine))
        #expect(!(try FormatTemplate(#"%v\t"#).isValueLine))
        #expect(!(try FormatTemplate("%v").isValueLine))
    }

    @Test func survivesAnyFormat() throws {
        var random = SeededGenerator(seed: 17)
        let pieces = [
            "%", "k", "v", "d", "h", "{", "}", "hex", "json", "strftime[", "]", "%Y", "\\", "n",
            "x4", "1", "é", "big32", "ascii", " ",
        ]
        for _ in 0..<5000 {
            let format = (0..<Int.random(in: 0..<8, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            guard let template = try? FormatTemplate(format) else { continue }
            _ = try Captured.bytes(capacityBytes: 64) { output in
                try? record.withFields { template.append($0, to: output) }
            }
        }
    }
}
