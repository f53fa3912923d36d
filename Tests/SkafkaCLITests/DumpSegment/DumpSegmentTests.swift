import ArgumentParser
import Glibc
import TestSupport
import Testing

@testable import SkafkaCLI

@Suite struct DumpSegmentTests {
    private typealias Record = DumpDirectory.Record

    private func directory() throws -> DumpDirectory {
        try DumpDirectory([
            [Record("one", key: [0x6B]), Record("two\n\"three\"", header: ("h", [0xFF, 0x00]))],
            [Record("four", key: [0xFF], header: ("null", nil))],
        ])
    }

    @Test func `Batches and records are rows of a table`() async throws {
        let directory = try directory()
        let dumped = try await DumpedText(["--batches", directory.path])
        #expect(dumped.status == .done && dumped.errors == "")
        #expect(dumped.lines.first == directory.log[...])
        #expect(dumped.lines.contains { $0.hasPrefix("10..11 ") && $0.hasSuffix("  ok") })
        #expect(dumped.lines.contains { $0.contains("2023-11-14T22:13:20.000Z") })
        #expect(dumped.lines.last?.hasSuffix("  ok              \(directory.path)") == true)
        let records = try await DumpedText(["--records", directory.log])
        #expect(records.lines.contains { $0.contains("key=k  value=one") })
        #expect(records.lines.contains { $0.contains(#"value=two\n"three"  headers=h=\xff\x00"#) })
    }

    @Test func `Plain rows have tabs between their cells`() async throws {
        let directory = try directory()
        let dumped = try await DumpedText(["--plain", "--records", directory.log])
        let rows = dumped.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        #expect(rows.map { $0[0] } == ["batch", "record", "record", "batch", "record"])
        #expect(rows.allSatisfy { $0[1] == directory.log[...] })
        #expect(rows[0].count == 18 && rows[0][2] == "0" && rows[0][4] == "10")
        #expect(rows[1][2...] == ["10", "1700000000000", "k", "one", "-"])
        #expect(rows[2][2...] == ["11", "1700000000000", "-", #"two\n"three""#, #"h=\xff\x00"#])
        #expect(rows[4][2...] == ["12", "1700000000000", #"\xff"#, "four", "null"])
    }

    @Test func `JSON Lines keep every byte and every number`() async throws {
        let directory = try directory()
        let dumped = try await DumpedText(["--json", "--records", directory.path])
        let rows = try dumped.lines.map { try JSON($0) }
        #expect(rows.compactMap { $0["type"]?.text }.prefix(3) == ["batch", "record", "record"])
        #expect(rows[0]["baseOffset"] == .integer(10) && rows[0]["lastOffset"] == .integer(11))
        #expect(rows[0]["leaderEpoch"] == .integer(7) && rows[0]["valid"] == .bool(true))
        let second = rows[2]
        #expect(second["topic"]?.text == "orders" && second["partition"] == .integer(3))
        #expect(second["key"] == .null && second["value"]?.text == "two\n\"three\"")
        let header = second["headers"]?.elements?.first
        #expect(header?["value"]?.text == "/wA=" && header?["encoding"]?.text == "base64")
        #expect(rows[4]["key"]?.text == "/w==" && rows[4]["keyEncoding"]?.text == "base64")
        #expect(rows[4]["headers"]?.elements?.first?["value"] == .null)
    }

    @Test func `Damage is told on standard error, and between the objects, with exit code 4`()
        async throws
    {
        let directory = try directory()
        try directory.damage { $0[$0.count - 3] ^= 1 }
        let text = try await DumpedText([directory.log])
        #expect(text.status == .corrupt)
        #expect(text.errors.contains("corruption: crc-mismatch at byte "))
        #expect(text.errors.hasSuffix("1 finding: 1 corruption\n"))
        let json = try await DumpedText(["--json", directory.log])
        let findings = try json.lines.map { try JSON($0) }.filter { $0["finding"] != nil }
        #expect(findings.map { $0["finding"]?.text } == ["crc-mismatch"])
        #expect(findings[0]["stored"]?.integer != findings[0]["expected"]?.integer)
        #expect(json.status == .corrupt)
        // Standard error has them too, in the same form, and their count.
        let errors = try json.errors.split(separator: "\n").map { try JSON(String($0)) }
        #expect(errors.map { $0["finding"]?.text } == ["crc-mismatch", nil])
        #expect(errors[1]["findings"]?.integer == 1 && errors[1]["corruption"]?.integer == 1)
        let quiet = try await DumpedText(["--quiet", directory.log])
        #expect(quiet.errors.contains("crc-mismatch") && quiet.status == .corrupt)
        #expect(!quiet.errors.contains("1 finding"))
    }

    @Test func `A torn end of the newest segment warns, in others and when strict it is damage`()
        async throws
    {
        let directory = try directory()
        try directory.damage { $0.removeLast(5) }
        let text = try await DumpedText([directory.path])
        #expect(text.status == .done && text.errors.contains("warning: truncated-tail"))
        let strict = try await DumpedText(["--strict", directory.path])
        #expect(strict.status == .corrupt)
        for kind in ["log", "index", "timeindex"] {
            try DumpDirectory.write([], to: directory.path + "/00000000000000000099.\(kind)")
        }
        let older = try await DumpedText([directory.path])
        #expect(older.status == .corrupt && older.errors.contains("corruption: truncated-tail"))
        let byName = try await DumpedText([directory.log])
        #expect(byName.status == .corrupt)
    }

    @Test func `Segments that overlap are damage, gaps between them are notes`() async throws {
        let directory = try directory()
        let bytes = try Fixtures.bytes(directory.log)
        try DumpDirectory.write(bytes, to: directory.path + "/00000000000000000009.log")
        let dumped = try await DumpedText([directory.path])
        #expect(dumped.status == .corrupt && dumped.errors.contains("offset-regression"))
    }

    @Test func `A missing index is damage, but not of one file that may be a copy`() async throws {
        let directory = try directory()
        unlink(directory.path + "/00000000000000000010.index")
        for path in [directory.path, directory.log] {
            let dumped = try await DumpedText([path])
            #expect(dumped.errors.contains("corruption: missing-sibling: there is no .index"))
            #expect(dumped.status == .corrupt)
        }
        unlink(directory.path + "/00000000000000000010.timeindex")
        let alone = try await DumpedText([directory.path])
        #expect(alone.errors.contains("corruption: missing-sibling: there is no .index beside it"))
        #expect(alone.status == .corrupt)
        let byName = try await DumpedText([directory.log])
        #expect(byName.status == .done && byName.errors.isEmpty)
        let verified = try await DumpedText(["--verify", directory.log])
        #expect(verified.errors.contains("missing-sibling") && verified.status == .done)
    }

    @Test func `Indexes that point wrong are found without being asked for`() async throws {
        let directory = try directory()
        let index = directory.path + "/00000000000000000010.index"
        // The second batch's last offset, and a position inside of the first.
        try DumpDirectory.write([0, 0, 0, 2, 0, 0, 0, 5], to: index)
        for paths in [[directory.path], [directory.log], [index], [directory.log, index]] {
            for form in [[], ["--plain"], ["--json"], ["--batches"]] {
                let dumped = try await DumpedText(form + paths)
                #expect(dumped.status == .corrupt)
                // Once, however many ways lead to it.
                let lines = dumped.errors.split(separator: "\n")
                let told = lines.filter { $0.contains("entry-position") }
                #expect(told.count == 1 && told[0].contains(index), "\(paths) \(form)")
            }
        }
        // A part of the log tells nothing of the index.
        let part = try await DumpedText(["--to", "11", directory.path])
        #expect(part.status == .done && part.errors.isEmpty)
        let verified = try await DumpedText(["--verify", "--to", "11", directory.path])
        #expect(verified.status == .corrupt)
    }

    @Test func `Files of no kind are named, not guessed at`() async throws {
        let directory = try directory()
        let path = directory.path + "/notes.txt"
        try DumpDirectory.write([1, 2, 3], to: path)
        let byName = try await DumpedText([path])
        #expect(byName.status == .failed && byName.output.isEmpty)
        #expect(byName.errors.contains("no file of a log directory"))
        let whole = try await DumpedText([directory.path])
        #expect(whole.status == .done && whole.errors.isEmpty)
        let kafka = try await DumpedText(["--kafka", path])
        #expect(kafka.status == .done && kafka.lines == ["Dumping \(path)"])
        #expect(kafka.errors == "Ignoring unknown file \(path)\n")
    }

    @Test func `What is not there fails, and the rest is shown`() async throws {
        let directory = try directory()
        let dumped = try await DumpedText(["\(directory.path)/nothing.log", directory.log])
        #expect(dumped.status == .failed && dumped.errors.contains("No such file"))
        #expect(dumped.lines.contains { $0.hasPrefix("10..11 ") })
    }

    @Test func `Files can come as a list, and offsets and bytes as limits`() async throws {
        let directory = try directory()
        let list = "\(directory.log),\(directory.path)/00000000000000000010.index"
        let all = try await DumpedText(["--plain", "--files", list])
        #expect(all.lines.count == 2)
        let from = try await DumpedText(["--plain", "--records", "--from", "11", directory.log])
        #expect(from.lines.map { $0.prefix(6) } == ["batch\t", "record", "batch\t", "record"])
        let to = try await DumpedText(["--plain", "--to", "10", directory.log])
        #expect(to.lines.count == 1)
        let bytes = try await DumpedText(["--plain", "--max-bytes", "50", directory.log])
        #expect(bytes.lines.count == 0 && bytes.status == .done)
    }

    @Test func `Kafka's text shows records only when asked to`() async throws {
        let directory = try directory()
        let shallow = try await DumpedText(["--kafka", directory.log])
        #expect(shallow.lines.count == 4)
        #expect(shallow.lines[0] == "Dumping \(directory.log)")
        #expect(shallow.lines[1] == "Log starting offset: 10")
        let keys = try await DumpedText(
            ["--kafka", "--print-data-log", "--skip-record-metadata", directory.log])
        #expect(keys.lines.contains("| key: k payload: one"))
        #expect(keys.lines.contains(" payload: two"))
    }

    @Test(arguments: [
        [], ["--from", "7", "--to", "6", "x"], ["--kafka", "--json", "x"],
        ["--max-message-size", "0", "x"], ["--max-bytes", "-1", "x"], ["--unknown", "x"],
    ])
    func `Command lines that make no sense are refused`(arguments: [String]) {
        #expect(throws: (any Error).self) {
            _ = try Skafka.parseAsRoot(["dump-segment"] + arguments)
        }
    }

    @Test func `The files stay as they are`() async throws {
        let directory = try directory()
        try directory.damage { $0.removeLast(5) }
        let before = try Fixtures.bytes(directory.log)
        let names = Fixtures.entries(of: directory.path)
        chmod(directory.path, 0o500)
        defer { chmod(directory.path, 0o700) }
        _ = try await DumpedText(["--verify", "--records", "--resync", directory.path])
        #expect(try Fixtures.bytes(directory.log) == before)
        #expect(Fixtures.entries(of: directory.path) == names)
    }
}
