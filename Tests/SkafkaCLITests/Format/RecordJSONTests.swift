import KafkaRecords
import TestSupport
import Testing

@testable import SkafkaCLI

/// What `consume -J` prints and `produce -J` reads.
@Suite struct RecordJSONTests {
    private func line(_ record: SampleRecord, _ json: RecordJSON = RecordJSON()) throws -> String {
        try Captured.text { output in
            try? record.withFields { json.append($0, to: output) }
        }
    }

    private func read(_ line: String) throws -> SampleRecord {
        let bytes = Array(line.utf8)
        return try bytes.withUnsafeBytes { try RecordJSONReader().read($0) { SampleRecord($0) } }
    }

    @Test func isTheDocumentedForm() throws {
        let record = SampleRecord(key: nil, value: "…", headers: [("h", "x")])
        #expect(
            try line(record) == """
                {"topic":"t","partition":3,"offset":42,"timestamp":1700000000123,\
                "timestampType":"CreateTime","headers":[{"key":"h","value":"x"}],"key":null,\
                "value":"…"}

                """)
    }

    @Test func bytesThatAreNoTextComeAsBase64() throws {
        var record = SampleRecord(key: "k")
        record.value = [0xFF, 0x00]
        record.headers = [.init(name: Array("h".utf8), value: [0x80])]
        let text = try line(record)
        #expect(text.contains(#""value":"/wA=","valueEncoding":"base64"}"#))
        #expect(text.contains(#"{"key":"h","value":"gA==","encoding":"base64"}"#))
        #expect(try read(text) == record)
    }

    @Test func nestedJSONStaysJSON() throws {
        let json = RecordJSON(valueEncoding: .json)
        let record = SampleRecord(value: #"{"a":[1,2.5e3,null]}"#)
        let text = try line(record, json)
        #expect(text.contains(#""value":{"a":[1,2.5e3,null]},"valueEncoding":"json"}"#))
        #expect(try read(text) == record)
        // A record that holds the word is no null record.
        #expect(try read(line(SampleRecord(value: "null"), json)).value == Array("null".utf8))
        #expect(try read(line(SampleRecord(), json)).value == nil)
        #expect(
            try read(line(SampleRecord(value: "{no json"), json)).value == Array("{no json".utf8))
    }

    @Test func everythingComesBack() throws {
        var random = SeededGenerator(seed: 23)
        let encodings: [ByteEncoding] = [.utf8, .hex, .base64]
        func bytes() -> [UInt8]? {
            guard Int.random(in: 0..<5, using: &random) > 0 else { return nil }
            let isText = Bool.random(using: &random)
            return (0..<Int.random(in: 0..<20, using: &random)).map { _ in
                UInt8.random(in: isText ? 0...127 : 0...255, using: &random)
            }
        }
        for _ in 0..<2000 {
            var record = SampleRecord()
            record.key = bytes()
            record.value = bytes()
            record.headers = (0..<Int.random(in: 0..<3, using: &random)).map { _ in
                .init(name: bytes() ?? [], value: bytes())
            }
            let json = RecordJSON(
                keyEncoding: encodings.randomElement(using: &random) ?? .utf8,
                valueEncoding: encodings.randomElement(using: &random) ?? .utf8)
            let text = try line(record, json)
            #expect(try read(text) == record, "\(text)")
        }
    }

    @Test(
        arguments: [
            ("{}", nil, nil), (#"{"value":"a"}"#, nil, "a"), (#" { "key" : "k" } "#, "k", nil),
            (#"{"value":"\u00e9\ud83d\ude00\/\b"}"#, nil, "é😀/\u{8}"),
            (#"{"value":"6869","valueEncoding":"hex"}"#, nil, "hi"),
            (#"{"valueEncoding":"json","value":[1, 2]}"#, nil, "[1, 2]"),
            (#"{"key":null,"partition":null,"value":"v","keyEncoding":null}"#, nil, "v"),
            (#"{"offset":1,"topic":"x","timestampType":"LogAppendTime","headers":null}"#, nil, nil),
        ] as [(String, String?, String?)])
    func readsWhatPeopleWrite(text: String, key: String?, value: String?) throws {
        let record = try read(text)
        #expect(record.key == key.map { Array($0.utf8) })
        #expect(record.value == value.map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("", "'{' expected"), ("[]", "'{' expected"), (#"{"value":"a"} x"#, "text behind"),
        (#"{"vale":"a"}"#, "did you mean \"value\""), (#"{"value":1}"#, "nested JSON"),
        (#"{"value":"a","value":"b"}"#, "twice"), (#"{"partition":-1}"#, "partition"),
        (#"{"partition":1.5}"#, "integer"), (#"{"timestamp":99999999999999999999}"#, "range"),
        (#"{"value":"\ud83d"}"#, "surrogate"), (#"{"value":"\q"}"#, "escape"),
        ("{\"value\":\"\u{1}\"}", "control character"), (#"{"value":"a"#, "without end"),
        (#"{"value":"Zg","valueEncoding":"base64"}"#, "Base64"),
        (#"{"valueEncoding":"rot13"}"#, "encoding"), (#"{"headers":[{"value":"x"}]}"#, "without"),
        (#"{"value":01}"#, "begins with 0"),
    ])
    func saysWhatIsWrong(text: String, reason: String) {
        #expect {
            try read(text)
        } throws: { error in
            (error as? JSONScanner.Failure)?.reason.contains(reason) == true
        }
    }

    @Test func survivesDamage() throws {
        var random = SeededGenerator(seed: 29)
        var record = SampleRecord(key: "k\n", value: "é", headers: [("h", nil)])
        record.value = [0xFF]
        let good = Array(try line(record).utf8)
        let reader = RecordJSONReader()
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1..<4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random) / 8)
            bytes.withUnsafeBytes { line in
                _ = try? reader.read(line) { SampleRecord($0) }
            }
        }
    }

    @Test func deepNestingEnds() {
        let text = Array((String(repeating: "[", count: 100_000)).utf8)
        #expect(!text.withUnsafeBytes { JSONScanner.isOneValue($0) })
    }
}
