import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct LogLineTests {
    private func text(_ line: LogLine, _ form: LogLine.Form) throws -> String {
        try Captured.text { line.append(to: $0, as: form) }
    }

    private let line = LogLine(
        timeMs: 1_700_000_000_123, level: "info", message: "topic created",
        fields: [("partitions", "3"), ("topic", "t")])

    @Test func `A line has its level, its message and its fields`() throws {
        let plain = "skafka: info: topic created partitions=3 topic=t\n"
        #expect(try text(line, .plain) == plain)
        #expect(try text(line, .timed) == "2023-11-14T22:13:20.123Z " + plain)
    }

    @Test func `As JSON it is an object`() throws {
        let json = try text(line, .json)
        #expect(json.hasSuffix("}\n"))
        let object = try JSON(json)
        #expect(object["time"]?.text == "2023-11-14T22:13:20.123Z")
        #expect(object["level"]?.text == "info" && object["message"]?.text == "topic created")
        #expect(object["partitions"]?.text == "3" && object["topic"]?.text == "t")
    }

    /// Clients' names and groups' ids may hold anything.
    @Test(arguments: ["a b", "a=b", "a\nskafka: error: forged", "\"", "", "\u{7F}"])
    func `No value ends the line or begins another field`(value: String) throws {
        let line = LogLine(
            timeMs: 0, level: "warning", message: "refused " + value, fields: [("client", value)])
        let plain = try text(line, .plain)
        #expect(plain.filter { $0 == "\n" }.count == 1 && plain.hasSuffix("\n"))
        let field = try #require(plain.firstRange(of: " client=\""))
        #expect(try JSON("[\"\(plain[field.upperBound...].dropLast())]").elements?[0].text == value)
        let json = try JSON(try text(line, .json))
        #expect(json["client"]?.text == value && json["message"]?.text == "refused " + value)
    }
}
