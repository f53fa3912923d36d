import KafkaBase
import TestSupport
import Testing

@testable import KafkaLog

/// Directories that Kafka closed cleanly load as they are, with Kafka's offsets.
@Suite("Conformance: clean log directories")
struct CleanLoadConformanceTests {
    /// Kafka's offsets by partition, from `offsets.jsonl`.
    private func expectedOffsets(
        _ directories: FixtureDirectories
    ) throws -> [TopicPartition: (start: Int64, end: Int64)] {
        var offsets: [TopicPartition: (start: Int64, end: Int64)] = [:]
        for row in try FixtureDirectories.rows(directories.set + "/expected/offsets.jsonl") {
            let partition = TopicPartition(
                topic: try #require(row["topic"]?.text),
                partition: Int32(try #require(row["partition"]?.integer)))
            offsets[partition] = (
                try #require(row["logStartOffset"]?.integer),
                try #require(row["highWatermark"]?.integer)
            )
        }
        return offsets
    }

    private func cleanPartitions(
        _ directories: FixtureDirectories
    ) throws -> [FixtureDirectories.Partition] {
        let offsets = try expectedOffsets(directories)
        let unclean = Set(try uncleanGroups(directories))
        return directories.partitions.filter { partition in
            partition.topicPartition.map { offsets[$0] != nil } ?? false
                && !unclean.contains(partition.group)
        }
    }

    private func uncleanGroups(_ directories: FixtureDirectories) throws -> [String] {
        let suffix = ".offsets.jsonl"
        return directories.expected(suffix).map {
            String($0.split(separator: "/").last!.dropLast(suffix.utf8.count))
        }
    }

    @Test func startAndEndOffsets() throws {
        for directories in try FixtureDirectories.all() {
            let offsets = try expectedOffsets(directories)
            let starts = try OffsetCheckpoint(
                disk: PosixDisk(), directory: directories.set + "/root",
                name: OffsetCheckpoint.logStartOffsets
            ).read()
            let partitions = try cleanPartitions(directories)
            #expect(partitions.count > 0)
            for fixture in partitions {
                let partition = try #require(fixture.topicPartition)
                let scratch = try TemporaryDirectory()
                let copy = scratch.path + "/" + fixture.name
                try PosixDisk().copyFiles(from: fixture.path, to: copy)
                let findings = Findings()
                let log = try loadLog(
                    copy, wasClean: true, logStartOffset: starts[partition] ?? 0,
                    findings: findings)
                #expect(log.logStartOffset == offsets[partition]?.start, "\(fixture)")
                #expect(log.logEndOffset == offsets[partition]?.end, "\(fixture)")
                #expect(findings.all.isEmpty, "\(fixture): \(findings.all)")
            }
        }
    }

    @Test func recoveryFindsNothingToCut() throws {
        for directories in try FixtureDirectories.all() {
            let offsets = try expectedOffsets(directories)
            for fixture in try cleanPartitions(directories) {
                let scratch = try TemporaryDirectory()
                let copy = scratch.path + "/" + fixture.name
                try PosixDisk().copyFiles(from: fixture.path, to: copy)
                let findings = Findings()
                var settings = LogSettings()
                settings.isCompacted = true
                let log = try loadLog(copy, settings: settings, findings: findings)
                let partition = try #require(fixture.topicPartition)
                #expect(log.logEndOffset == offsets[partition]?.end, "\(fixture)")
                #expect(findings.all.allSatisfy { $0.kind == .recovered }, "\(findings.all)")
            }
        }
    }

    /// Every record can be read from the offset that names it, in small pieces and in one.
    @Test func readsEveryBatch() throws {
        for directories in try FixtureDirectories.all() {
            for fixture in try cleanPartitions(directories) {
                let scratch = try TemporaryDirectory()
                let copy = scratch.path + "/" + fixture.name
                try PosixDisk().copyFiles(from: fixture.path, to: copy)
                let log = try loadLog(copy, wasClean: true)
                let whole = try log.records()
                #expect(try log.records(maxBytes: 1) == whole, "\(fixture)")
                for record in whole.reversed() {
                    let read = try log.read(
                        from: record.offset, maxBytes: 1, upTo: .max, atLeastOneBatch: true)
                    let found = try decode(read.bytes()).records
                    #expect(found.contains(record), "\(fixture) offset \(record.offset)")
                }
            }
        }
    }
}
