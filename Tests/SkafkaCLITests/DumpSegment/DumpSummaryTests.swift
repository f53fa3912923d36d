import Glibc
import TestSupport
import Testing

@testable import SkafkaCLI

/// What a directory comes to.
@Suite struct DumpSummaryTests {
    private func directory() throws -> DumpDirectory {
        typealias Record = DumpDirectory.Record
        return try DumpDirectory([
            [Record("one"), Record("two")], [Record("three")],
        ])
    }

    @Test func `A directory is a row, and rows of its files only when asked for`() async throws {
        let directory = try directory()
        let short = try await DumpedText([directory.path])
        #expect(short.status == .done && short.errors == "" && short.lines.count == 2)
        let cells = short.lines[1].split(separator: " ")
        for title in ["SEGMENTS", "RATIO", "TXN", "CONTROL", "GAPS"] {
            let end = try #require(short.lines[0].ranges(of: title).first?.upperBound)
            let width = short.lines[0][..<end].utf8.count
            #expect(short.lines[1].prefix(width).last?.isNumber == true, "\(title)")
            #expect(short.lines[1].dropFirst(width).first == " ", "\(title)")
        }
        let size = try Fixtures.bytes(directory.log).count
        #expect(cells[0...4] == ["1", "2", "3", "\(size)", "1.00"])
        #expect(cells[5] == "10..12" && cells[6] == cells[7] && cells[8] == "none:2")
        #expect(cells[9...] == ["-", "0", "0", "0", "ok", "\(directory.path)"])
        for flag in ["--batches", "--records"] {
            let long = try await DumpedText([flag, directory.path])
            #expect(long.lines.contains { $0.hasPrefix("10..11 ") })
            #expect(Array(long.lines.suffix(2)) == short.lines)
        }
    }

    @Test func `JSON and plain rows have all of it, and a total`() async throws {
        let directory = try directory()
        let json = try await DumpedText(["--json", directory.path])
        let rows = try json.lines.map { try JSON($0) }
        #expect(rows.map { $0["type"]?.text } == ["summary", "total"])
        let (summary, total) = (rows[0], rows[1])
        #expect(summary["path"]?.text == directory.path && summary["topic"]?.text == "orders")
        #expect(summary["partition"] == .integer(3) && summary["firstOffset"] == .integer(10))
        #expect(summary["lastOffset"] == .integer(12) && summary["gaps"] == .integer(0))
        #expect(summary["codecs"]?["none"] == .integer(2) && summary["producerIds"] == .array([]))
        for name in ["segments", "batches", "records", "logBytes", "batchBytes", "minTimestamp"] {
            #expect(summary[name]?.integer != nil && summary[name] == total[name], "\(name)")
        }
        #expect(total["directories"] == .integer(1) && summary["records"] == .integer(3))
        #expect(summary["findings"]?["corruption"] == .integer(0))
        let plain = try await DumpedText(["--plain", directory.path])
        let cells = plain.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        #expect(cells.map { $0[0] } == ["summary", "total"])
        #expect(cells.allSatisfy { $0.count == 23 } && cells[0][1] == directory.path[...])
        #expect(cells[0][5...6] == ["2", "3"] && cells[0][11...12] == ["10", "12"])
        #expect(cells[1][1] == "-" && cells[1][11...12] == ["-", "-"])
    }

    @Test func `Damage is counted where it lies`() async throws {
        let directory = try directory()
        try directory.damage { $0[$0.count - 3] ^= 1 }
        let table = try await DumpedText([directory.path])
        #expect(table.status == .corrupt)
        #expect(table.lines[1].contains("  1 CORRUPT  "))
        let json = try await DumpedText(["--json", directory.path])
        let summary = try json.lines.map { try JSON($0) }.first { $0["type"]?.text == "summary" }
        #expect(summary?["findings"]?["corruption"] == .integer(1))
    }

    @Test func `Directories inside come by partition, and then all`() async throws {
        let first = try directory()
        let second = try directory()
        let root = try TemporaryDirectory()
        for (name, path) in [("a-10", first.path), ("a-9", second.path)] {
            mkdir(root.path + "/" + name, 0o700)
            for suffix in ["log", "index", "timeindex"] {
                let file = "/00000000000000000010." + suffix
                try DumpDirectory.write(
                    Fixtures.bytes(path + file), to: root.path + "/" + name + file)
            }
        }
        let table = try await DumpedText([root.path + "/"])
        #expect(table.lines.count == 4 && table.lines[1].hasSuffix("/a-9"))
        #expect(table.lines[2].hasSuffix("/a-10") && table.lines[3].hasSuffix(" 2 directories"))
        let total = try await DumpedText(["--json", root.path])
        let last = try JSON(total.lines.last ?? "")
        #expect(last["directories"] == .integer(2) && last["records"] == .integer(6))
        let empty = try TemporaryDirectory()
        let nothing = try await DumpedText([empty.path])
        #expect(nothing.output.isEmpty && nothing.errors.contains("no segments in this directory"))
    }

    @Test func `A range leaves out segments and entries that have nothing of it`() async throws {
        let directory = try directory()
        let path = directory.path + "/00000000000000000013"
        for suffix in ["index", "timeindex"] {
            try DumpDirectory.write([], to: path + "." + suffix)
        }
        try DumpDirectory.write([1, 2, 3], to: path + ".log")
        let all = try await DumpedText(["--plain", "--records", directory.path])
        #expect(all.errors.contains("00000000000000000013.log"))
        let some = try await DumpedText(["--plain", "--records", "--to", "11", directory.path])
        #expect(some.errors == "")
        #expect(
            some.lines.map { $0.prefix(6) } == ["batch\t", "record", "record", "summar", "total\t"])
    }
}
