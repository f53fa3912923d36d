import Glibc
import KafkaLog
import KafkaRecords
import NIOCore
import TestSupport
import Testing

@testable import SkafkaCLI

/// Records of internal topics and small files, in all forms of the command.
@Suite struct DumpInternalTests {
    /// A directory of that name with one log: a record each for these keys and values in hex.
    private func directory(
        _ name: String, _ records: [(key: String?, value: String?)],
        _ body: (_ directory: String, _ log: String) async throws -> Void
    ) async throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/" + name
        mkdir(path, 0o700)
        var builder = RecordBatchBuilder()
        for (key, value) in records {
            let keyBytes = try key.map { try #require(Hex.decode($0)) }
            let valueBytes = try value.map { try #require(Hex.decode($0)) }
            (keyBytes ?? []).withUnsafeBytes { key in
                (valueBytes ?? []).withUnsafeBytes { value in
                    builder.append(
                        timestamp: 1, key: keyBytes == nil ? nil : key,
                        value: valueBytes == nil ? nil : value, headers: nil)
                }
            }
        }
        let log = path + "/00000000000000000000.log"
        try DumpDirectory.write(Array(try builder.finish().readableBytesView), to: log)
        try await body(path, log)
    }

    private static let commits: [(key: String?, value: String?)] = [
        ("0001 0001 67 0001 74 00000007", "0003 000000000000002a ffffffff 0000 0000000000000005"),
        ("0001 0001 67 0001 74 00000007", nil),
        ("004d 6869", "00ff"),
        ("0001 0001 67", "0003"),
        (nil, "7465"),
    ]

    @Test func `Offsets in every form`() async throws {
        try await directory("__consumer_offsets-3", DumpInternalTests.commits) { _, log in
            let json = try await DumpedText(["--json", "--records", log])
            let rows = try json.lines.map { try JSON($0) }.filter { $0["type"]?.text == "record" }
            #expect(rows[0]["keyData"]?["type"]?.text == "OffsetCommitKey")
            #expect(rows[0]["keyData"]?["data"]?["partition"] == .integer(7))
            #expect(rows[0]["valueData"]?["version"] == .integer(3))
            #expect(rows[0]["valueData"]?["data"]?["offset"] == .integer(42))
            #expect(rows[1]["value"] == .null && rows[1]["valueData"] == nil)
            #expect(rows[2]["keyData"]?["unknownType"] == .integer(77))
            #expect(rows[2]["valueEncoding"]?.text == "base64" && rows[2]["value"]?.text == "AP8=")
            #expect(rows[3]["keyData"]?["problem"]?.text?.contains("OffsetCommitKey") == true)
            #expect(rows[4]["keyData"] == nil && rows[4]["value"]?.text == "te")
            let table = try await DumpedText(["--records", log])
            #expect(
                table.lines.contains {
                    $0.hasSuffix(
                        #"key=OffsetCommitKey v1 {"group":"g","topic":"t","partition":7}  "#
                            + #"value=OffsetCommitValue v3 {"offset":42,"leaderEpoch":-1,"#
                            + #""metadata":"","commitTimestamp":5}"#)
                })
            #expect(table.lines.contains { $0.contains(#"key=\x00Mhi (unknown record type 77)"#) })
            let plain = try await DumpedText(["--plain", "--records", log])
            #expect(plain.lines[1].contains("\tOffsetCommitKey v1 {"))
            #expect(plain.lines[2].hasSuffix("\t-\t-"))
        }
    }

    @Test func `Kafka's text has its own words for what it cannot read`() async throws {
        try await directory("__consumer_offsets-3", DumpInternalTests.commits) { _, log in
            let kafka = try await DumpedText(
                ["--kafka", "--print-data-log", "--skip-record-metadata", log])
            let lines = kafka.lines.filter { $0.hasPrefix("|") || $0.hasPrefix(" payload") }
            #expect(lines[0].hasPrefix(#"| key: {"type":"1","data":{"group":"g","#))
            #expect(lines[0].contains(#" payload: {"version":"3","data":{"offset":42,"#))
            #expect(lines[1].hasSuffix("}} payload: <DELETE>"))
            #expect(lines[2] == "| key: Unknown record type 77 at offset 2, skipping.")
            #expect(lines[3].hasPrefix("| key: Error at offset 3, skipping. "))
            let raw = try await DumpedText(
                ["--kafka", "--value-decoder-class", "kafka.serializer.StringDecoder", log])
            #expect(raw.lines.contains { $0.contains("key: \u{0}Mhi payload: ") })
        }
    }

    @Test func `A decoder's flag decodes what lies anywhere, and prints it`() async throws {
        try await directory("copy-0", [("0000 0002 7478", nil)]) { _, log in
            let plain = try await DumpedText(["--kafka", "--print-data-log", log])
            #expect(!plain.lines.contains { $0.contains("transactional") })
            let kafka = try await DumpedText(["--kafka", "--transaction-log-decoder", log])
            #expect(
                kafka.lines.contains {
                    $0.hasSuffix("key: transaction_metadata::transactionalId=tx payload: <DELETE>")
                })
            let json = try await DumpedText(["--json", "--transaction-log-decoder", log])
            #expect(
                try json.lines.contains {
                    try JSON($0)["keyData"]?["data"]?["transactionalId"]?.text == "tx"
                })
        }
    }

    @Test func `Integers are printed by the decoders' classes`() async throws {
        try await directory("numbers-0", [("00000102", "ffffffffffffffff")]) { _, log in
            let kafka = try await DumpedText([
                "--kafka", "--key-decoder-class", "org.apache.kafka.tools.api.IntegerDecoder",
                "--value-decoder-class", "org.apache.kafka.tools.api.LongDecoder", log,
            ])
            #expect(kafka.lines.contains { $0.hasSuffix(" key: 258 payload: -1") })
        }
    }

    @Test func `Small files in every form`() async throws {
        let scratch = try TemporaryDirectory()
        let epochs = scratch.path + "/leader-epoch-checkpoint"
        try DumpDirectory.write(Array("0\n2\n0 0\n3 80\n".utf8), to: epochs)
        let table = try await DumpedText([epochs])
        #expect(table.lines.count == 4 && table.lines[1].contains("EPOCH"))
        #expect(table.lines[3].hasSuffix(" 80"))
        let plain = try await DumpedText(["--plain", epochs])
        #expect(
            plain.lines == ["checkpoint\t\(epochs)\t0\t0\t0", "checkpoint\t\(epochs)\t1\t3\t80"])
        let json = try await DumpedText(["--json", epochs])
        let row = try JSON(try #require(json.lines.last))
        #expect(row["type"]?.text == "entry" && row["entry"] == .integer(1))
        #expect(row["epoch"] == .integer(3) && row["startOffset"] == .integer(80))
        let quorum = scratch.path + "/quorum-state"
        try DumpDirectory.write(Array("{\"leaderId\":1,\n\"data_version\":0}".utf8), to: quorum)
        let state = try await DumpedText(["--json", quorum])
        #expect(try JSON(try #require(state.lines.first))["data"]?["leaderId"] == .integer(1))
        let whole = try await DumpedText(["--plain", "--batches", scratch.path])
        #expect(whole.lines.count == 3 && whole.status == .done)
    }

    @Test(arguments: [
        ("", "truncated-file at byte 0"), ("{\"a\":", "truncated-file at byte 5"),
        ("[]", "bad-line at byte 0"), ("{\"a\":x}", "bad-line at byte 5"),
        ("{} {}", "trailing-bytes at byte 3"),
    ])
    func `Damage in a state file`(text: String, finding: String) async throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.path + "/.kafka_cleanshutdown"
        try DumpDirectory.write(Array(text.utf8), to: path)
        let dumped = try await DumpedText([path])
        #expect(dumped.status == .corrupt && dumped.errors.contains(finding), "\(dumped.errors)")
    }

    @Test func `Damaged state files end their inspection`() throws {
        let intact = Array("{\"leaderId\":1,\"currentVoters\":[{\"voterId\":1}]}".utf8)
        try Seeds.run(500) { _, random in
            var bytes = intact
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[at] = .random(in: 0...255, using: &random)
                } else {
                    bytes.removeSubrange(at...)
                }
            }
            let state = StateFile(path: "s", bytes: bytes)
            #expect((state.row == nil) == (state.problem != nil))
            #expect(state.problem?.position ?? 0 <= bytes.count)
        }
    }
}
