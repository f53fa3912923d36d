import TestSupport
import Testing

@testable import SkafkaCLI

/// The decoded keys and values in `--json` against those that Kafka's own tool printed.
@Suite struct DecodedJSONConformanceTests {
    /// Key and payload of each record line that has them as JSON, by offset.
    private func printed(_ output: [UInt8]) throws -> [Int64: (key: JSON?, payload: JSON?)] {
        var records: [Int64: (key: JSON?, payload: JSON?)] = [:]
        for line in output.textLines.map({ String(decoding: $0, as: UTF8.self) })
        where line.hasPrefix("| offset: ") {
            guard let offset = Int64(line.dropFirst("| offset: ".count).prefix { $0 != " " }),
                let end = line.firstRange(of: "headerKeys: []")
            else { continue }
            let rest = String(line[end.upperBound...])
            // Tombstones have no JSON.
            let payload =
                rest.firstRange(of: " payload: {") ?? rest.firstRange(of: " payload: <DELETE>")
            let keyText = rest[..<(payload?.lowerBound ?? rest.endIndex)]
            let key = keyText.hasPrefix(" key: {") ? try JSON(keyText.dropFirst(6)) : nil
            let text = payload.map { rest[$0.lowerBound...].dropFirst(10) } ?? ""
            let value = text.first == "{" ? try JSON(text) : nil
            records[offset] = (key, value)
        }
        return records
    }

    /// Kafka's tool had a decoder for topics of Kafka's own and for snapshots of the metadata log.
    private func isDecoded(_ file: String) -> Bool {
        let parts = file.split(separator: "/")
        return file.hasSuffix(".checkpoint") || parts.dropLast().last?.hasPrefix("__") == true
    }

    private func check(_ mine: JSON?, _ kafka: JSON, _ place: String) {
        #expect(mine?["data"] == kafka["data"], "\(place)")
        // Kafka shows the version of a key as its type, as text.
        let version = kafka["version"] ?? kafka["type"]
        let number = version?.integer ?? version?.text.flatMap { Int64($0) }
        #expect(mine?["version"]?.integer == number, "\(place)")
    }

    @Test func `Every key and value that Kafka decoded is decoded to the same`() async throws {
        for fixtures in try DumpFixtures.all() {
            var count = 0
            for suffix in [".log", ".checkpoint"] {
                for expectation in try fixtures.expectations(suffix) {
                    guard isDecoded(expectation.file) else { continue }
                    let printed = try printed(expectation.output)
                    let path = fixtures.set + "/" + expectation.file
                    let dumped = try await DumpedText(["--json", "--records", path])
                    for row in try dumped.lines.map({ try JSON($0) }) {
                        guard row["type"]?.text == "record", let offset = row["offset"]?.integer,
                            let kafka = printed[offset]
                        else { continue }
                        let place = "\(expectation.file) at \(offset)"
                        if let key = kafka.key { check(row["keyData"], key, place) }
                        if let payload = kafka.payload { check(row["valueData"], payload, place) }
                        count += 1
                    }
                }
            }
            print("\(fixtures.set): \(count) decoded records compared")
            #expect(count > 0)
        }
    }
}

/// Damage in the small files of damaged directories.
@Suite struct SmallFileDamageConformanceTests {
    /// The same file lies intact in most of the cases that it lies in.
    @Test func `A file that differs from the others of its name is named with the place`()
        async throws
    {
        for fixtures in try DumpFixtures.all() {
            var damaged = 0
            for suffix in [".txnindex", ".snapshot"] {
                let paths = Fixtures.files(under: fixtures.set, suffix: suffix)
                    .filter { path in
                        let name = path.split(separator: "/").dropLast().last ?? ""
                        return path.contains("/damaged/") || name.hasPrefix("damaged")
                    }
                for group in Dictionary(grouping: paths, by: { $0.split(separator: "/").last })
                    .values
                {
                    let contents = try group.map { try Fixtures.bytes($0) }
                    let counts = Dictionary(grouping: contents, by: { $0 }).mapValues(\.count)
                    guard let intact = counts.max(by: { $0.value < $1.value })?.key else {
                        continue
                    }
                    for (path, bytes) in zip(group, contents) {
                        let json = try await DumpedText(["--json", path])
                        let rows = try json.lines.map { try JSON($0) }
                        let positions = rows.filter { $0["severity"]?.text == "corruption" }
                            .compactMap { $0["position"]?.integer }
                        guard bytes != intact else {
                            #expect(json.status == .done && positions.isEmpty, "\(path)")
                            continue
                        }
                        damaged += 1
                        #expect(json.status == .corrupt, "\(path)")
                        let first = zip(bytes, intact).prefix { $0 == $1 }.count
                        #expect(!positions.isEmpty, "\(path)")
                        #expect(positions.allSatisfy { $0 <= first }, "\(path): \(positions)")
                        let text = try await DumpedText([path])
                        #expect(text.errors.contains("corruption: "), "\(path)")
                        #expect(text.errors.contains(" at byte "), "\(path)")
                    }
                }
            }
            #expect(damaged > 0)
        }
    }

    /// Nothing that Kafka wrote and nobody damaged is called damaged.
    @Test func `Small files of intact directories have no findings`() async throws {
        for fixtures in try DumpFixtures.all() {
            var count = 0
            let suffixes = [
                ".txnindex", ".snapshot", "-checkpoint", ".metadata", "meta.properties",
                "quorum-state", ".kafka_cleanshutdown", ".checkpoint",
            ]
            for suffix in suffixes {
                for path in Fixtures.files(under: fixtures.set, suffix: suffix)
                where !path.contains("/damaged/") {
                    let dumped = try await DumpedText(["--verify", "--json", path])
                    #expect(dumped.status == .done, "\(path)")
                    #expect(
                        try JSON(dumped.errors)["findings"]?.integer == 0,
                        "\(path): \(dumped.errors)")
                    count += 1
                }
            }
            #expect(count > 0)
        }
    }
}
