import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct WireValueTextTests {
    /// As `Double.toString` of the JDK has them.
    @Test(arguments: [
        (12.5, "12.5"), (1_048_576, "1048576.0"), (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"),
        (-3.25, "-3.25"), (1e7, "1.0E7"), (9_999_999.5, "9999999.5"), (1.25e30, "1.25E30"),
        (0.001, "0.001"), (0.000999, "9.99E-4"), (1e-10, "1.0E-10"), (0.015, "0.015"),
        (123_456_789, "1.23456789E8"), (1e21, "1.0E21"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (.infinity, "Infinity"), (-.infinity, "-Infinity"), (.nan, "NaN"),
        (100, "100.0"), (1e6, "1000000.0"), (0.1, "0.1"),
    ])
    func `Numbers are written as Java writes them`(value: Double, text: String) {
        #expect(JavaDouble.text(value) == text)
    }

    @Test func `Values are JSON on one line, as Jackson writes it`() throws {
        let scratch = try TemporaryDirectory()
        let file = try DumpedFile(scratch.path + "/value")
        let output = OutputBuffer(descriptor: file.descriptor)
        WireValueText(output: output).append([
            WireField("text", .string("a\"b\\c\n\u{1F}\u{7F}é/\u{2028}")),
            WireField("bytes", .bytes(ByteBuffer(bytes: [0xFB, 0xFF, 0]))),
            WireField("none", .null), WireField("yes", .bool(true)),
            WireField("id", .uuid(Uuid(high: 0, low: 1))), WireField("number", .integer(.min)),
            WireField("odd", .float64(.nan)),
            WireField("list", .array([.integer(1), .object([]), .array([])])),
        ])
        try output.flush()
        #expect(
            try Fixtures.text(scratch.path + "/value")
                == #"{"text":"a\"b\\c\n\u001F"# + "\u{7F}é/\u{2028}"
                + #"","bytes":"+/8A","none":null,"yes":true,"id":"AAAAAAAAAAAAAAAAAAAAAQ","#
                + #""number":-9223372036854775808,"odd":"NaN","list":[1,{},[]]}"#)
    }

    @Test func `Partitions of a transaction come in the order of Scala's set`() {
        func text(_ partitions: [(String, [Int32])], status: Int8 = 1) -> String {
            var value = TransactionLogValue()
            value.transactionStatus = status
            value.transactionPartitions = partitions.map { topic, ids in
                var schema = TransactionLogValue.PartitionsSchema()
                schema.topic = topic
                schema.partitionIds = ids
                return schema
            }
            let text = TransactionLogText.value(value)
            guard let start = text.firstRange(of: "partitions=["),
                let end = text.firstRange(of: "],txn")
            else { return "" }
            return String(text[start.upperBound..<end.lowerBound])
        }
        #expect(text([("txn-java", [0, 1])]) == "txn-java-1,txn-java-0")
        #expect(
            text([("txn-librdkafka", [0]), ("__consumer_offsets", [0])])
                == "__consumer_offsets-0,txn-librdkafka-0")
        #expect(
            text([("__consumer_offsets", [0]), ("txn-java", [1])])
                == "txn-java-1,__consumer_offsets-0")
        // The state Empty has none, whatever the record says.
        #expect(text([("t", [0])], status: 0) == "")
        // Twice the same is once.
        #expect(text([("t", [0, 0])]) == "t-0")
    }

    @Test(arguments: [
        ("TopicRecord", "TOPIC_RECORD"), ("NoOpRecord", "NO_OP_RECORD"),
        ("ZkMigrationStateRecord", "ZK_MIGRATION_STATE_RECORD"),
    ])
    func `Types of metadata records`(name: String, text: String) {
        #expect(name.screamingSnakeCased == text)
    }
}
