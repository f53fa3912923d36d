import KafkaRecords
import Testing

@testable import SkafkaCLI

/// Lines as Kafka's console producer reads them.
@Suite struct ConsoleLineReaderTests {
    private struct Read: Equatable {
        var key: String?
        var value: String?
        var headers = 0
    }

    private func read(_ line: String, _ properties: String...) throws -> Read {
        let reader = ConsoleLineReader(try ConsoleProperties(properties))
        return try Array(line.utf8).withUnsafeBytes { bytes in
            let record = try reader.read(bytes)
            let text = { (bytes: UnsafeRawBufferPointer) in String(decoding: bytes, as: UTF8.self) }
            return Read(
                key: record.key.map(text), value: record.value.map(text),
                headers: record.headers?.count ?? 0)
        }
    }

    @Test func keysAndHeaders() throws {
        #expect(try read("k\tv", "parse.key=true") == Read(key: "k", value: "v"))
        #expect(
            try read("a:1,b:2\tk\tv", "parse.key=true", "parse.headers=TRUE")
                == Read(key: "k", value: "v", headers: 2))
        #expect(
            try read(
                "a=1;b=2||v", "parse.headers=true", "headers.delimiter=||", "headers.separator=;",
                "headers.key.separator==") == Read(value: "v", headers: 2))
        #expect(try read("k::v:w", "parse.key=true", "key.separator=::").value == "v:w")
    }

    @Test func theNullMarker() throws {
        #expect(
            try read("-\t-", "parse.key=true", "null.marker=-") == Read(key: nil, value: nil))
        #expect(
            try read("-\tk\tv", "parse.key=true", "parse.headers=true", "null.marker=-").headers
                == 0)
    }

    @Test func whatIsMissing() throws {
        let failure = #expect(throws: ConsoleLineReader.Failure.self) {
            try read("no key", "parse.key=true")
        }
        #expect(failure?.reason == "no key separator found")
        #expect(try read("no key", "parse.key=true", "ignore.error=true").value == "no key")
    }

    @Test(arguments: ["parse.keys=true", "parse.key=maybe", "key.separator=", "parse.key"])
    func properties(text: String) {
        #expect(throws: CommandFailure.self) {
            try ConsoleProperties(["parse.headers=true", text])
        }
    }
}
