import TestSupport
import Testing

@testable import SkafkaCLI

/// The command over directories that were damaged on purpose.
@Suite struct DumpDamageConformanceTests {
    /// Directories with damage, by the groups whose recovery is recorded case by case.
    private func cases(_ set: String) throws -> [(directory: String, row: JSON)] {
        try Fixtures.files(under: set + "/expected", suffix: "/recovery.jsonl").flatMap { path in
            let group = path.split(separator: "/").dropLast().last ?? ""
            return try Fixtures.lines(path).compactMap { line in
                let row = try JSON(line)
                return row["case"]?.text.map { ("\(set)/\(group)/\($0)", row) }
            }
        }
    }

    @Test func `Findings and the exit code agree, in JSON and in text`() async throws {
        for fixtures in try DumpFixtures.all() {
            let cases = try cases(fixtures.set)
            #expect(!cases.isEmpty)
            for (directory, _) in cases {
                let json = try await DumpedText(["--json", "--records", "--verify", directory])
                let rows = try json.lines.map { try JSON($0) }
                #expect(rows.allSatisfy { $0["type"]?.text != nil })
                let severities = rows.compactMap { $0["severity"]?.text }
                #expect(
                    (json.status == .corrupt) == severities.contains("corruption"), "\(directory)")
                let text = try await DumpedText(["--verify", directory])
                #expect(text.status == json.status, "\(directory)")
                let strict = try await DumpedText(["--verify", "--strict", directory])
                #expect(
                    (strict.status == .corrupt)
                        == severities.contains { $0 == "corruption" || $0 == "warning" },
                    "\(directory)")
            }
        }
    }

    /// Kafka cuts a log at the first bad batch. Zeros are no damage, a torn end is what a crash
    /// leaves; all else is.
    @Test func `What Kafka cut off is corruption, but for zeros and torn ends`() async throws {
        for fixtures in try DumpFixtures.all() {
            for (directory, row) in try cases(fixtures.set) {
                for file in row["before"]?.members ?? [] where file.name.hasSuffix(".log") {
                    let after = row["after"]?[file.name]?["size"]?.integer ?? 0
                    guard let before = file.value["size"]?.integer, after < before else {
                        continue
                    }
                    let dumped = try await DumpedText(["--json", directory + "/" + file.name])
                    let kinds = try dumped.lines.map { try JSON($0) }
                        .filter { $0["position"]?.integer == after }
                        .compactMap { $0["finding"]?.text }
                    let rest = try Fixtures.bytes(directory + "/" + file.name)[Int(after)...]
                    if rest.count > 16, rest.allSatisfy({ $0 == 0 }) {
                        #expect(kinds == ["zero-tail"] && dumped.status == .done, "\(directory)")
                    } else if kinds == ["truncated-tail"] {
                        #expect(dumped.status == .done, "\(directory)")
                    } else {
                        #expect(!kinds.isEmpty && dumped.status == .corrupt, "\(directory)")
                    }
                }
            }
        }
    }

    /// What a dump finds in indexes of offsets and times, notes left out.
    private func indexFindings(_ arguments: [String]) async throws -> [String] {
        try await DumpedText(["--json"] + arguments).lines.map { try JSON($0) }.compactMap { row in
            guard let finding = row["finding"]?.text, row["severity"]?.text != "note",
                let path = row["path"]?.text, path.hasSuffix("index"), !path.hasSuffix("txnindex")
            else { return nil }
            return "\(path) \(finding) \(row["position"]?.integer ?? -1)"
        }
    }

    @Test func `Damaged indexes are found in a directory, beside a log, and by themselves`()
        async throws
    {
        for fixtures in try DumpFixtures.all() {
            var count = 0
            for (directory, _) in try cases(fixtures.set) {
                let all = try await indexFindings(["--verify", directory])
                count += all.count
                #expect(try await indexFindings([directory]) == all, "\(directory)")
                let names = Fixtures.entries(of: directory).map { directory + "/" + $0 }
                for path in names where path.hasSuffix("index") && !path.hasSuffix("txnindex") {
                    let own = all.filter { $0.hasPrefix(path + " ") }
                    #expect(try await indexFindings([path]) == own, "\(path)")
                }
                for path in names where path.hasSuffix(".log") {
                    let stem = path.dropLast("log".count)
                    let own = all.filter { $0.hasPrefix(stem) }
                    #expect(try await indexFindings([path]) == own, "\(path)")
                }
            }
            #expect(count > 0)
        }
    }

    @Test func `What nobody damaged has no corruption`() async throws {
        for fixtures in try DumpFixtures.all() {
            let damaged = try cases(fixtures.set).map(\.directory)
            let groups = Fixtures.entries(of: fixtures.set).map { fixtures.set + "/" + $0 }.filter {
                path in
                !path.hasSuffix("/expected") && Fixtures.isDirectory(path)
                    && !damaged.contains { $0.hasPrefix(path + "/") }
            }
            #expect(!groups.isEmpty)
            for group in groups {
                let dumped = try await DumpedText([group])
                #expect(dumped.status == .done, "\(group): \(dumped.errors)")
            }
        }
    }

    @Test func `Resynchronizing shows all intact batches of a damaged log`() async throws {
        for fixtures in try DumpFixtures.all() {
            for (directory, _) in try cases(fixtures.set) {
                let plain = try await DumpedText(["--plain", "--batches", directory])
                let resynchronized = try await DumpedText([
                    "--plain", "--batches", "--resync", directory,
                ])
                #expect(resynchronized.lines.count >= plain.lines.count, "\(directory)")
                #expect(resynchronized.status == plain.status || plain.status == .done)
            }
        }
    }
}
