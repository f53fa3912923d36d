import KafkaBase
import KafkaRecords
import TestSupport
import Testing

@testable import KafkaLog

/// The producer state that Kafka's brokers noted, ours must find in the same logs.
@Suite("Conformance: producer state and transactions")
struct ProducerConformanceTests {
    /// Before any of a fixture's records could expire.
    private let nowMs: Int64 = 0

    private func snapshots(_ path: String) throws -> [Int64] {
        try PosixDisk().list(path).compactMap { SegmentFileName($0.name) }
            .filter { $0.kind == .snapshot && $0.suffix == .none }.map(\.offset)
    }

    private func partitions() throws -> [FixtureDirectories.Partition] {
        try FixtureDirectories.all().flatMap { directories in
            // What was made by hand is no broker's.
            let made = try directories.recoveries.map(\.group)
            return directories.partitions.filter { partition in
                partition.topicPartition != nil && !made.contains(partition.group)
            }
        }
    }

    /// What a snapshot keeps of the state.
    private func kept(_ entries: some Sequence<ProducerEntry>) -> [ProducerEntry] {
        entries.map { entry in
            var entry = entry
            entry.batches = Array(entry.batches.suffix(1))
            // A file has one timestamp for the producer, not one for the batch.
            if !entry.batches.isEmpty { entry.batches[0].timestamp = entry.lastTimestamp }
            return entry
        }.sorted { $0.producerID < $1.producerID }
    }

    /// From the start of the log up to where Kafka took each snapshot, our state is Kafka's: but
    /// for producers whose batches are gone from the log.
    @Test func statesAtSnapshots() throws {
        var compared = 0
        for partition in try partitions() {
            let scratch = try TemporaryDirectory()
            let copy = scratch.path + "/" + partition.name
            try PosixDisk().copyFiles(from: partition.path, to: copy)
            let names = try PosixDisk().list(copy).compactMap { SegmentFileName($0.name) }
            let bases = names.filter { $0.kind == .log && $0.suffix == .none }.map(\.offset)
            // Compaction takes batches that Kafka's state was made of.
            guard try isWhole(copy, bases) else { continue }
            let offsets = try snapshots(copy)
            let kafkas = try offsets.map {
                try ProducerSnapshot(
                    offset: $0, path: SegmentFileName($0, .snapshot).path(in: copy),
                    disk: PosixDisk())
            }
            for offset in offsets {
                try PosixDisk().removeFile(SegmentFileName(offset, .snapshot).path(in: copy))
            }
            let loader = ProducerStateLoader(
                disk: PosixDisk(), directory: copy, settings: LogSettings(), nowMs: nowMs,
                wasClean: true, onFinding: { _ in })
            for kafka in kafkas {
                let ours = try loader.states(
                    at: kafka.offset, bases: bases.sorted(), logStartOffset: bases.min() ?? 0)
                let found = Dictionary(
                    uniqueKeysWithValues: kept(ours.entries.values).map { ($0.producerID, $0) })
                for expected in kept(kafka.entries)
                where expected.lastDataOffset >= bases.min() ?? 0 {
                    #expect(
                        found[expected.producerID] == expected,
                        "\(partition) at \(kafka.offset)")
                    compared += 1
                }
            }
        }
        let isEmpty = try partitions().isEmpty
        #expect(compared > 10 || isEmpty)
    }

    @Test func lastStableOffsets() throws {
        for directories in try FixtureDirectories.all() {
            let made = try directories.recoveries.map(\.group)
            for path in directories.expected("offsets.jsonl")
            where !path.contains("-recovered") {
                let group = path.split(separator: "/").last!.split(separator: ".").dropLast(2).first
                for row in try FixtureDirectories.rows(path) {
                    let partition = TopicPartition(
                        topic: try #require(row["topic"]?.text),
                        partition: Int32(try #require(row["partition"]?.integer)))
                    guard
                        let fixture = directories.partitions.first(where: { item in
                            item.topicPartition == partition
                                && group.map { item.group.hasSuffix($0) } ?? true
                                && !made.contains(item.group)
                        })
                    else { continue }
                    for wasClean in [true, false] where wasClean == (group == nil) || !wasClean {
                        let scratch = try TemporaryDirectory()
                        let copy = scratch.path + "/" + fixture.name
                        try PosixDisk().copyFiles(from: fixture.path, to: copy)
                        var settings = LogSettings()
                        settings.isCompacted = true
                        let log = try loadLog(
                            copy, wasClean: wasClean, settings: settings, nowMs: nowMs)
                        let end = try #require(row["highWatermark"]?.integer)
                        #expect(
                            log.lastStableOffset(upTo: end) == row["lastStableOffset"]?.integer,
                            "\(fixture) clean \(wasClean)")
                    }
                }
            }
        }
    }

    /// Whether the log's offsets have no gaps, so that nothing was compacted away.
    private func isWhole(_ directory: String, _ bases: [Int64]) throws -> Bool {
        var next = bases.min() ?? 0
        for base in bases.sorted() {
            let file = try PosixDisk().open(
                SegmentFileName(base, .log).path(in: directory), .read)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
            defer { buffer.deallocate() }
            var scanner = BatchScanner(file, from: 0, to: try file.size(), buffer: buffer)
            while let frame = try scanner.next() {
                let header = try file.read(at: frame.position, count: RecordBatchHeader.byteCount)
                    .withUnsafeBytes { try RecordBatchHeader($0) }
                let isFull = Int64(header.recordCount) == Int64(header.lastOffsetDelta) + 1
                guard frame.baseOffset == next, isFull else { return false }
                next = frame.lastOffset + 1
            }
        }
        return true
    }

    /// A full scan makes the transaction indexes that Kafka wrote, unless compaction took the
    /// transactions' records from the log.
    @Test func transactionIndexesAfterAScan() throws {
        for partition in try partitions() {
            let scratch = try TemporaryDirectory()
            let copy = scratch.path + "/" + partition.name
            try PosixDisk().copyFiles(from: partition.path, to: copy)
            let names = try PosixDisk().list(copy).compactMap { SegmentFileName($0.name) }
            let bases = names.filter { $0.kind == .log && $0.suffix == .none }.map(\.offset)
            guard names.contains(where: { $0.kind == .txnindex }), try isWhole(copy, bases) else {
                continue
            }
            var settings = LogSettings()
            settings.isCompacted = true
            _ = try loadLog(copy, settings: settings, nowMs: nowMs)
            for name in names where name.kind == .txnindex && name.suffix == .none {
                #expect(
                    try Fixtures.bytes(name.path(in: copy))
                        == Fixtures.bytes(partition.path + "/" + name.name),
                    "\(partition) \(name.name)")
            }
        }
    }
}
