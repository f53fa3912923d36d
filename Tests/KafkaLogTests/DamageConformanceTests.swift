import KafkaBase
import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

/// Single partitions, old formats and damaged files, each with what Kafka's start made of it.
@Suite("Conformance: recovery of single partitions")
struct DamageConformanceTests {
    private struct Case: CustomStringConvertible {
        var path: String
        var row: JSON
        var name: String { String(path.split(separator: "/").last!) }
        var description: String { path }
        /// Unclean cases have nothing but a log; clean ones have the recovery point at its end.
        var wasClean: Bool { row["started"]?.text?.hasPrefix("after a clean stop") ?? false }

        func after(_ file: String) -> JSON? { row["after"]?[file] }
    }

    private func cases() throws -> [Case] {
        try FixtureDirectories.all().flatMap { directories in
            try directories.recoveries.flatMap { group, rows in
                try rows.map { row in
                    let name = try #require(row["case"]?.text)
                    return Case(path: "\(directories.set)/\(group)/\(name)", row: row)
                }
            }
        }
    }

    private func load(
        _ item: Case, _ copy: String, _ findings: Findings
    ) throws -> PartitionLog {
        try PosixDisk().copyFiles(from: item.path, to: copy)
        return try loadLog(
            copy, wasClean: item.wasClean,
            recoveryPoint: item.wasClean ? item.row["logEndOffset"]?.integer ?? 0 : 0,
            findings: findings)
    }

    /// The end of what our rules accept that go beyond Kafka's: a known magic, a known codec,
    /// offsets that rise. Nil where all batches that Kafka accepts pass.
    private func stricterEnd(_ path: String) throws -> Int64? {
        let bytes = try Fixtures.bytes(path)
        return bytes.withUnsafeBytes { bytes in
            var position = 0
            var next: Int64 = 0
            while position + RecordBatchHeader.byteCount <= bytes.count {
                let offset: Int64 = bytes.bigEndian(position)
                let length: Int32 = bytes.bigEndian(position + 8)
                let magic = Int8(bitPattern: bytes[position + 16])
                let codec = bytes[position + (magic < 2 ? 17 : 22)] & 7
                let delta: Int32 = magic < 2 ? 0 : bytes.bigEndian(position + 23)
                if magic > 2 || codec > 4 || offset < next { return next }
                guard length > 0 else { return nil }
                next = offset + Int64(delta) + 1
                position += 12 + Int(length)
            }
            return nil
        }
    }

    @Test func endOffsets() throws {
        var differences = 0
        for item in try cases() {
            let scratch = try TemporaryDirectory()
            let findings = Findings()
            let log = try load(item, scratch.path + "/" + item.name, findings)
            let kafkaEnd = try #require(item.row["logEndOffset"]?.integer)
            var expected = kafkaEnd
            if !item.wasClean, let file = Fixtures.files(under: item.path, suffix: ".log").first,
                let end = try stricterEnd(file), end < kafkaEnd
            {
                expected = end
                differences += 1
                #expect(findings.all.contains { $0.kind == .truncated }, "\(item)")
            }
            #expect(log.logEndOffset == expected, "\(item)")
            #expect(log.logStartOffset == item.row["logStartOffset"]?.integer, "\(item)")
            if log.logEndOffset > log.logStartOffset {
                #expect(
                    try log.bytesAvailable(from: log.logStartOffset)
                        == Fixtures.bytes(log.active.path(.log)).count)
            }
        }
        // A set with damage has cases that only the stricter rules find.
        #expect(try differences > 0 || cases().isEmpty)
    }

    /// Where Kafka scanned, the log it left and the indexes it made are ours to the byte.
    @Test func filesAfterScan() throws {
        for item in try cases() where !item.wasClean {
            let scratch = try TemporaryDirectory()
            let copy = scratch.path + "/" + item.name
            let log = try load(item, copy, Findings())
            guard log.logEndOffset == item.row["logEndOffset"]?.integer else { continue }
            try log.close()
            for member in try #require(item.row["after"]?.members) {
                guard let name = SegmentFileName(member.name), name.kind != .snapshot else {
                    continue
                }
                let bytes = try Fixtures.bytes(copy + "/" + member.name)
                #expect(Sha256.hex(bytes) == member.value["sha256"]?.text, "\(item) \(member.name)")
            }
        }
    }

    /// A truncation is told once, with the place and the number of bytes.
    @Test func truncationsAreTold() throws {
        for item in try cases() where !item.wasClean {
            let scratch = try TemporaryDirectory()
            let findings = Findings()
            let copy = scratch.path + "/" + item.name
            let log = try load(item, copy, findings)
            let cuts = findings.all.filter { $0.kind == .truncated }
            let name = log.active.path(.log).split(separator: "/").last!
            let before = try Fixtures.bytes("\(item.path)/\(name)").count
            #expect(cuts.count == (before == log.sizeBytes ? 0 : 1), "\(item)")
            if let cut = cuts.first {
                #expect(cut.position == log.sizeBytes, "\(item)")
                #expect(cut.bytes == before - log.sizeBytes, "\(item)")
            }
        }
    }

    /// Whatever is wrong with an index, every record is found; what cannot be right is rebuilt and
    /// then equal to what a scan makes.
    @Test func damagedIndexes() throws {
        for item in try cases() where item.wasClean {
            let scratch = try TemporaryDirectory()
            let copy = scratch.path + "/" + item.name
            let findings = Findings()
            let log = try load(item, copy, findings)
            let whole = try log.records()
            #expect(!whole.isEmpty, "\(item)")
            for record in whole {
                let read = try log.read(
                    from: record.offset, maxBytes: 1, upTo: .max, atLeastOneBatch: true)
                #expect(try decode(read.bytes()).records.contains(record), "\(item) \(record)")
            }
            for finding in findings.all where finding.kind == .rebuilt {
                let check = IndexCheck(
                    disk: PosixDisk(), baseOffset: log.active.baseOffset,
                    log: try log.active.logFile(), logBytes: log.active.sizeBytes)
                if finding.path.hasSuffix(".txnindex") {
                    guard case .good = try check.transactionIndex(finding.path) else {
                        Issue.record("\(item): \(finding)")
                        continue
                    }
                } else if finding.path.hasSuffix(".timeindex") {
                    guard case .good = try check.timeIndex(finding.path) else {
                        Issue.record("\(item): \(finding)")
                        continue
                    }
                } else {
                    guard case .good = try check.offsetIndex(finding.path) else {
                        Issue.record("\(item): \(finding)")
                        continue
                    }
                }
            }
        }
    }
}
