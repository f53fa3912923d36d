import KafkaBase
import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

/// What a consumer read, and what Kafka did with a directory, against what an inspection finds.
@Suite struct InspectionConformanceTests {
    /// Inspects one `.log`.
    private func inspect(_ path: String) throws -> Collector {
        let name = InspectedFileName(String(path.split(separator: "/").last!))
        var options = LogInspection.Options(baseOffset: name.baseOffset)
        options.isNewestSegment = true
        var inspection = try LogInspection(path: path, options: options)
        var collector = Collector()
        try inspection.run(&collector)
        return collector
    }

    private func logs(in directory: String) -> [String] {
        Fixtures.entries(of: directory).filter { $0.hasSuffix(".log") }.map { directory + "/" + $0 }
    }

    /// Findings about all files of a directory, their indexes compared with the logs.
    private func verify(_ directory: String) throws -> [Finding] {
        var collector = Collector()
        for name in try InspectedDirectory(path: directory).files where name.isLive {
            let path = directory + "/" + name.name
            let baseOffset = name.baseOffset ?? 0
            switch name.kind {
            case .log: collector.findings += try inspect(path).findings
            case .index, .timeindex:
                var index = try IndexInspection(
                    path: path, kind: name.kind == .index ? .offset : .time,
                    baseOffset: baseOffset)
                let log = path.dropLast(name.kind.rawValue.count) + "log"
                try index.run(&collector, verifyingWith: String(log))
            default: break
            }
        }
        return collector.findings
    }

    /// A record as the expectations have it.
    private struct Line: Equatable {
        var offset: Int64
        var timestamp: Int64
        var timestampType: String
        var key: [UInt8]?
        var value: [UInt8]?
        var headers: [String]
    }

    /// Collects the records that a consumer would see.
    private struct Consumed: InspectionVisitor {
        var lines: [Line] = []
        var findings: [Finding] = []
        let startOffset: Int64

        mutating func visit(
            record: RecordView, of batch: InspectedBatch, message: UnsafeRawBufferPointer?
        ) -> RecordVisit {
            guard !batch.attributes.isControl || batch.header == nil,
                record.offset >= startOffset
            else { return .continue }
            var headers: [String] = []
            record.headers.forEach { name, value in
                headers.append(
                    String(decoding: name, as: UTF8.self) + "="
                        + (value.map { Hex.encode(Array($0)) } ?? "null"))
            }
            lines.append(
                Line(
                    offset: record.offset, timestamp: record.timestamp,
                    timestampType: batch.timestampType.rawValue, key: record.key.map(Array.init),
                    value: record.value.map(Array.init), headers: headers))
            return .continue
        }

        mutating func report(_ finding: Finding) { findings.append(finding) }
    }

    private func line(_ row: JSON) throws -> Line {
        Line(
            offset: try #require(row["offset"]?.integer),
            timestamp: try #require(row["timestamp"]?.integer),
            timestampType: try #require(row["timestampType"]?.text),
            key: try row["key"]?.text.map(base64), value: try row["value"]?.text.map(base64),
            headers: try (row["headers"]?.elements ?? []).map { header in
                let value = try header["value"]?.text.map { Hex.encode(try base64($0)) }
                return (header["key"]?.text ?? "") + "=" + (value ?? "null")
            })
    }

    private func base64(_ text: String) throws -> [UInt8] {
        let digits = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var (bits, count, bytes): (UInt32, Int, [UInt8]) = (0, 0, [])
        for character in text.utf8 where character != UInt8(ascii: "=") {
            bits = bits << 6 | UInt32(try #require(digits.firstIndex(of: character)))
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }

    private struct Partition: Hashable {
        var topic: String
        var partition: Int64

        init(_ name: TopicPartition) {
            topic = name.topic
            partition = Int64(name.partition)
        }

        init?(_ row: JSON) {
            guard let topic = row["topic"]?.text, let partition = row["partition"]?.integer else {
                return nil
            }
            self.topic = topic
            self.partition = partition
        }
    }

    /// Log start offsets by partition, from the file beside the expectation.
    private func startOffsets(
        _ set: FixtureDirectories, _ group: String
    ) throws -> [Partition: Int64] {
        let own = set.set + "/expected/\(group).offsets.jsonl"
        let path = Fixtures.isFile(own) ? own : set.set + "/expected/offsets.jsonl"
        guard Fixtures.isFile(path) else { return [:] }
        var offsets: [Partition: Int64] = [:]
        for row in try FixtureDirectories.rows(path) {
            guard let partition = Partition(row) else { continue }
            offsets[partition] = row["logStartOffset"]?.integer
        }
        return offsets
    }

    /// `GROUP.jsonl`, `GROUP.read_uncommitted.jsonl` and `GROUP/consumer.jsonl` of records below
    /// `expected`, each with the group's directory.
    private func consumed(
        _ set: FixtureDirectories
    ) throws -> [(group: String, rows: [JSON])] {
        let groups = Fixtures.entries(of: set.set).filter {
            $0 != "expected" && Fixtures.isDirectory(set.set + "/" + $0)
        }
        return try groups.flatMap { group in
            try ["\(group).jsonl", "\(group).read_uncommitted.jsonl", "\(group)/consumer.jsonl"]
                .map { set.set + "/expected/" + $0 }.filter(Fixtures.isFile)
                .map { (group, try FixtureDirectories.rows($0)) }
                .filter { $0.1.first?["offset"] != nil }
        }
    }

    @Test func `Records are those that a consumer read`() throws {
        for set in try FixtureDirectories.all() {
            let expectations = try consumed(set)
            #expect(!expectations.isEmpty)
            for (group, rows) in expectations {
                let starts = try startOffsets(set, group)
                let byPartition = Dictionary(grouping: rows) { Partition($0) }
                for directory in set.partitions where directory.group == group {
                    guard let name = directory.topicPartition else { continue }
                    let partition = Partition(name)
                    var visitor = Consumed(startOffset: starts[partition] ?? 0)
                    for path in logs(in: directory.path) {
                        let base = InspectedFileName(String(path.split(separator: "/").last!))
                        var inspection = try LogInspection(
                            path: path, options: .init(baseOffset: base.baseOffset))
                        try inspection.run(&visitor)
                    }
                    let expected = try (byPartition[partition] ?? []).map(line)
                    #expect(visitor.lines == expected, "\(directory)")
                }
            }
        }
    }

    @Test func `What Kafka took as it was has no damage`() throws {
        for set in try FixtureDirectories.all() {
            // A group that was recovered, or holds damage, is none that Kafka took as it was.
            let recovered = Set(try set.recoveries.map(\.group))
            let intact = set.partitions.filter { !recovered.contains($0.group) }
            #expect(!intact.isEmpty)
            for directory in intact {
                let findings = try verify(directory.path)
                #expect(
                    findings.allSatisfy { $0.severity == .note }, "\(directory): \(findings)")
            }
        }
    }

    @Test func `Where Kafka cut a log there is a finding`() throws {
        for set in try FixtureDirectories.all() {
            for (group, rows) in try set.recoveries {
                for row in rows {
                    let directory = "\(set.set)/\(group)/\(try #require(row["case"]?.text))"
                    for path in logs(in: directory) {
                        let name = String(path.split(separator: "/").last!)
                        guard let before = row["before"]?[name]?["size"]?.integer,
                            let after = row["after"]?[name]?["size"]?.integer, after < before
                        else { continue }
                        let found = try inspect(path)
                        #expect(
                            found.findings.contains { $0.position == Int(after) }, "\(path)")
                    }
                }
            }
        }
    }

    /// Files that Kafka's own dump complained about, or died of, in directories that were damaged
    /// on purpose.
    @Test func `What Kafka's dump complained about has findings`() throws {
        for set in try FixtureDirectories.all() {
            let damaged = try set.recoveries.filter { $0.rows.contains { $0["brokerLog"] != nil } }
            for group in damaged.map(\.group) {
                let complaints = Fixtures.files(
                    under: "\(set.set)/expected/\(group)", suffix: ".stderr.txt")
                for complaint in complaints {
                    let relative = complaint.dropFirst(set.set.count + "/expected/".count)
                    var path = set.set + "/" + relative.dropLast(".stderr.txt".count)
                    if path.hasSuffix(".sanity") { path.removeLast(".sanity".count) }
                    let read = [".log", ".index", ".timeindex"]
                    guard read.contains(where: { path.hasSuffix($0) }) else { continue }
                    let findings = try verify(path.parentDirectory)
                    #expect(!findings.isEmpty, "\(path)")
                }
            }
        }
    }
}
