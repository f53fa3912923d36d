import KafkaBase
import TestSupport
import Testing

@testable import KafkaLog

/// What Kafka's recovery made of directories after an unclean stop, ours must make of them too.
@Suite("Conformance: recovery after an unclean stop")
struct RecoveryConformanceTests {
    /// A log directory as a kill left it, with what Kafka's next start made of it.
    private struct Unclean {
        var path: String
        var offsets: [JSON]
        var files: [JSON]
    }

    private func uncleanDirectories() throws -> [Unclean] {
        var found: [Unclean] = []
        let suffix = "-recovered.offsets.jsonl"
        for directories in try FixtureDirectories.all() {
            for path in directories.expected(suffix) {
                let group = path.split(separator: "/").last!.dropLast(suffix.utf8.count)
                found.append(
                    Unclean(
                        path: "\(directories.set)/\(group)",
                        offsets: try FixtureDirectories.rows(path),
                        files: try FixtureDirectories.rows(
                            "\(directories.set)/expected/\(group)-recovered.jsonl")))
            }
        }
        return found
    }

    private func copy(_ source: String, to target: String) throws {
        try PosixDisk().copyFiles(from: source, to: target)
        for entry in try PosixDisk().list(source) where entry.isDirectory {
            try copy(source + "/" + entry.name, to: target + "/" + entry.name)
        }
    }

    private func open(_ path: String, _ findings: Findings) throws -> LogDirectory {
        let owner = try #require(try MetaProperties.read(disk: PosixDisk(), directory: path))
        return try LogDirectory.open(
            path: path, nodeID: owner.nodeID, clusterID: owner.clusterID,
            onFinding: findings.report)
    }

    @Test func offsetsAfterRecovery() throws {
        for unclean in try uncleanDirectories() {
            let scratch = try TemporaryDirectory()
            try copy(unclean.path, to: scratch.path)
            let findings = Findings()
            let directory = try open(scratch.path, findings)
            #expect(!directory.wasCleanShutdown)
            let logs = try directory.loadAll()
            for row in unclean.offsets {
                let topic = try #require(row["topic"]?.text)
                let log = try #require(
                    logs.first {
                        $0.topic == topic && Int64($0.partition) == row["partition"]?.integer
                    })
                #expect(log.logStartOffset == row["logStartOffset"]?.integer, "\(topic)")
                #expect(log.logEndOffset == row["highWatermark"]?.integer, "\(topic)")
            }
            #expect(logs.count == unclean.offsets.count)
            #expect(findings.all.allSatisfy { $0.kind == .recovered || $0.kind == .ignored })
        }
    }

    /// The files that recovery and a clean stop leave are Kafka's to the byte. The fixture does not
    /// say its topics' `index.interval.bytes`: for each partition one of the usual ones must fit.
    @Test func filesAfterRecoveryAndCleanStop() throws {
        for unclean in try uncleanDirectories() {
            var matched: Set<String> = []
            var partitions: Set<String> = []
            for interval in [4096, 512, 400, 300, 256, 200, 128, 100] {
                let scratch = try TemporaryDirectory()
                try copy(unclean.path, to: scratch.path)
                let directory = try open(scratch.path, Findings())
                let logs = try directory.loadAll { _ in LogSettings(indexIntervalBytes: interval) }
                try directory.close(logs)
                #expect(try open(scratch.path, Findings()).wasCleanShutdown)
                for log in logs {
                    let name = log.topicPartition.description
                    partitions.insert(name)
                    let rows = unclean.files.filter {
                        $0["file"]?.text?.hasPrefix("\(name)/") ?? false
                    }
                    if try rows.allSatisfy({ try isEqual($0, in: scratch.path) }) {
                        matched.insert(name)
                    }
                }
            }
            #expect(matched == partitions)
        }
    }

    private func isEqual(_ row: JSON, in path: String) throws -> Bool {
        let name = try #require(row["file"]?.text)
        let isData = [".log", ".index", ".timeindex", ".txnindex"].contains { name.hasSuffix($0) }
        let isDeleted = name.hasSuffix(".deleted")
        guard isData || isDeleted else { return true }
        guard let digest = row["after"]?["sha256"]?.text else {
            return !Fixtures.isFile(path + "/" + name)
        }
        return try Sha256.hex(Fixtures.bytes(path + "/" + name)) == digest
    }

    @Test func epochsAfterRecovery() throws {
        for unclean in try uncleanDirectories() {
            let scratch = try TemporaryDirectory()
            try copy(unclean.path, to: scratch.path)
            let directory = try open(scratch.path, Findings())
            for log in try directory.loadAll() where log.logEndOffset > 0 {
                let row = unclean.files.first {
                    $0["file"]?.text == "\(log.topicPartition)/leader-epoch-checkpoint"
                }
                let rows = log.leaderEpochs.entries.map { "\($0.epoch) \($0.startOffset)" }
                let ours = String(decoding: CheckpointFile.content(rows: rows), as: UTF8.self)
                #expect(ours == row?["textAfter"]?.text, "\(log.topicPartition)")
            }
        }
    }
}
