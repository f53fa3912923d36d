import Foundation
import KafkaBase
import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

/// Logs that Kafka's own cleaner has gone through: compacted once more by ours, nothing may go that
/// a consumer of Kafka's still needs, and what stays keeps its bytes' meaning.
@Suite("Conformance: compacted logs")
struct CompactionConformanceTests {
    /// The groups that the sets have an account of by isolation level and a cleaner's checkpoint.
    private func partitions(
        _ directories: FixtureDirectories
    ) throws -> [(fixture: FixtureDirectories.Partition, checkpoint: Int64)] {
        let checkpoints = try OffsetCheckpoint(
            disk: PosixDisk(), directory: directories.set + "/root", name: OffsetCheckpoint.cleaner
        ).read()
        return directories.partitions.compactMap { fixture in
            guard let partition = fixture.topicPartition, let checkpoint = checkpoints[partition]
            else { return nil }
            return (fixture, checkpoint)
        }
    }

    /// What a consumer got of one partition, as Kafka tells it.
    private func consumed(
        _ fixture: FixtureDirectories.Partition, _ isolation: String
    ) throws -> [KeyedRecord] {
        let path = "\(fixture.set)/expected/\(fixture.group).read_\(isolation).jsonl"
        return try FixtureDirectories.rows(path).compactMap { row in
            guard row["topic"]?.text == fixture.topicPartition?.topic,
                row["partition"]?.integer == fixture.topicPartition.map({ Int64($0.partition) })
            else { return nil }
            return KeyedRecord(
                offset: try #require(row["offset"]?.integer),
                timestamp: try #require(row["timestamp"]?.integer),
                key: row["key"]?.text, value: row["value"]?.text)
        }
    }

    /// Keys and values as the accounts have them.
    private func records(_ log: PartitionLog) throws -> [KeyedRecord] {
        var found: [KeyedRecord] = []
        var reader = RecordBatchReader()
        for batch in try log.batches() where !batch.header.attributes.isControl {
            try batch.bytes.withUnsafeBytes { bytes in
                try reader.forEachRecord(in: bytes) { record in
                    found.append(
                        KeyedRecord(
                            offset: record.offset, timestamp: record.timestamp,
                            key: record.key.map { Data($0).base64EncodedString() },
                            value: record.value.map { Data($0).base64EncodedString() }))
                    return .continue
                }
            }
        }
        return found
    }

    private func load(
        _ fixture: FixtureDirectories.Partition, into scratch: borrowing TemporaryDirectory,
        checkpoint: Int64?
    ) throws -> (LogDirectory, PartitionLog) {
        let path = scratch.path + "/" + fixture.name
        try PosixDisk().copyFiles(from: fixture.path, to: path)
        let partition = try #require(fixture.topicPartition)
        if let checkpoint {
            try OffsetCheckpoint(
                disk: PosixDisk(), directory: scratch.path, name: OffsetCheckpoint.cleaner
            ).write([partition: checkpoint])
        }
        let directory = try LogDirectory.open(path: scratch.path)
        var settings = LogSettings.compacted(segmentBytes: 1 << 20, deleteRetentionMs: 86_400_000)
        settings.indexSizeMaxBytes = 1 << 20
        let logs = try directory.loadAll { [settings] _ in settings }
        let log = try #require(logs.first { $0.topicPartition == partition })
        try log.flush()
        return (directory, log)
    }

    @Test func ourReadingIsKafkas() throws {
        for directories in try FixtureDirectories.all() {
            let all = try partitions(directories)
            #expect(!all.isEmpty)
            for (fixture, _) in all {
                let scratch = try TemporaryDirectory()
                let (_, log) = try load(fixture, into: scratch, checkpoint: nil)
                #expect(
                    try records(log) == consumed(fixture, "uncommitted"), "\(fixture)")
            }
        }
    }

    /// From the start, and from where Kafka's cleaner had got to.
    @Test(arguments: [false, true])
    func theLatestOfEachKeyStays(_ goesOn: Bool) throws {
        for directories in try FixtureDirectories.all() {
            for (fixture, checkpoint) in try partitions(directories) {
                let scratch = try TemporaryDirectory()
                let (directory, log) = try load(
                    fixture, into: scratch, checkpoint: goesOn ? checkpoint : nil)
                // Sealed, so that it can be compacted as well.
                try log.roll(nowMs: 0)
                try log.flush()
                let before = try log.batches()
                let cleaner = try TestCleaner(directory, [log])
                let newest = before.map(\.header.maxTimestamp).max() ?? 0
                cleaner.nowMs = newest + 1_000
                guard
                    case .compacted = try cleaner.cleaner.compactDirtiest(of: TestLogs(logs: [log]))
                else {
                    Issue.record("\(fixture) was not compacted")
                    continue
                }
                let after = try records(log)
                var latest: [String?: KeyedRecord] = [:]
                for record in try consumed(fixture, "committed") { latest[record.key] = record }
                for record in latest.values where record.value != nil {
                    #expect(after.contains(record), "\(fixture) has lost \(record)")
                }
                #expect(Set(after).isSubset(of: try consumed(fixture, "uncommitted")))
                if !goesOn {
                    #expect(Set(after.map(\.key)).count == after.count, "\(fixture): a key twice")
                }
                let old = Dictionary(
                    before.map { ($0.header.baseOffset, $0.header) }, uniquingKeysWith: { $1 })
                for batch in try log.batches() {
                    let was = try #require(old[batch.header.baseOffset])
                    #expect(batch.header.lastOffset == was.lastOffset)
                    #expect(batch.header.baseSequence == was.baseSequence)
                    #expect(batch.header.producerID == was.producerID)
                    #expect(batch.header.partitionLeaderEpoch == was.partitionLeaderEpoch)
                }
            }
        }
    }

    /// What our cleaner wrote is sound for a recovery that looks at every byte.
    @Test func recoveryFindsNothingToCut() throws {
        for directories in try FixtureDirectories.all() {
            for (fixture, _) in try partitions(directories) {
                let scratch = try TemporaryDirectory()
                let (directory, log) = try load(fixture, into: scratch, checkpoint: nil)
                try log.roll(nowMs: 0)
                try log.flush()
                let cleaner = try TestCleaner(directory, [log])
                _ = try cleaner.cleaner.compactDirtiest(of: TestLogs(logs: [log]))
                let expected = try records(log)
                let end = log.logEndOffset
                let findings = Findings()
                var settings = LogSettings()
                settings.isCompacted = true
                let again = try loadLog(
                    log.directoryPath, settings: settings, findings: findings)
                #expect(try records(again) == expected)
                #expect(again.logEndOffset == end)
                #expect(findings.all.allSatisfy { $0.kind == .recovered }, "\(findings.all)")
            }
        }
    }
}
