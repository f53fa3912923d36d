import KafkaBase
import KafkaRecords
import NIOCore
import TestSupport

@testable import KafkaLog

/// A v2 batch of records with these values, and its header.
struct TestBatch {
    let buffer: ByteBuffer
    let header: RecordBatchHeader

    init(
        _ values: [String], timestamps: [Int64]? = nil, compression: Compression = .none,
        producer: RecordBatchBuilder.ProducerState = .none
    ) throws {
        var builder = RecordBatchBuilder(compression: compression)
        for (index, value) in values.enumerated() {
            Array(value.utf8).withUnsafeBytes { bytes in
                builder.append(
                    timestamp: timestamps?[index] ?? 1_000, key: nil, value: bytes)
            }
        }
        try self.init(builder.finish(producer: producer))
    }

    /// A transaction marker.
    init(
        _ marker: EndTransactionMarker, producerID: Int64, epoch: Int16, timestamp: Int64 = 1_000
    ) throws {
        try self.init(
            marker.batch(producerID: producerID, producerEpoch: epoch, timestamp: timestamp))
    }

    init(_ batch: ByteBuffer) throws {
        buffer = batch
        header = try batch.withUnsafeReadableBytes { try RecordBatchHeader($0) }
    }
}

/// A record as the tests compare it.
struct TestRecord: Equatable, Sendable {
    var offset: Int64
    var value: String
}

extension PartitionLog {
    @discardableResult
    func append(
        _ batches: TestBatch..., leaderEpoch: Int32 = 0, origin: AppendOrigin = .client,
        nowMs: Int64 = 1_000
    ) throws -> LogAppend {
        var buffer = ByteBuffer()
        for batch in batches { buffer.writeImmutableBuffer(batch.buffer) }
        return try append(
            buffer, batches: batches.map(\.header), leaderEpoch: leaderEpoch, origin: origin,
            nowMs: nowMs)
    }

    @discardableResult
    func append(_ values: String...) throws -> LogAppend {
        try append(TestBatch(values))
    }

    /// Everything from an offset on, read in pieces and decoded.
    func records(
        from start: Int64? = nil, maxBytes: Int = 1 << 20
    ) throws -> [TestRecord] {
        var offset = start ?? logStartOffset
        var found: [TestRecord] = []
        while offset < logEndOffset {
            let bytes = try read(
                from: offset, maxBytes: maxBytes, upTo: .max, atLeastOneBatch: true
            ).bytes()
            if bytes.readableBytes == 0 { break }
            let (records, next) = try decode(bytes)
            found += records.filter { $0.offset >= offset }
            offset = next
        }
        return found
    }
}

/// The records in whole batches, and the offset behind them. Checks every CRC.
func decode(_ buffer: ByteBuffer) throws -> (records: [TestRecord], nextOffset: Int64) {
    var reader = RecordBatchReader()
    var records: [TestRecord] = []
    var next: Int64 = -1
    try buffer.withUnsafeReadableBytes { bytes in
        var cursor = RecordSetCursor()
        while let entry = try cursor.next(in: bytes) {
            let batch = UnsafeRawBufferPointer(
                rebasing: bytes[entry.position..<entry.position + entry.sizeBytes])
            try BatchSummary.verifyCrc(of: batch)
            let summary = try BatchSummary(batch, reader: &reader)
            next = summary.lastOffset + 1
            try reader.forEachRecord(in: batch) { record in
                let value = record.value.map { String(decoding: $0, as: UTF8.self) }
                records.append(TestRecord(offset: record.offset, value: value ?? "null"))
                return .continue
            }
        }
    }
    return (records, next)
}

/// Gathers findings from any thread.
final class Findings: @unchecked Sendable {
    private let monitor = Monitor<[LogFinding]>([])

    var all: [LogFinding] { monitor.withLock { $0 } }
    var report: @Sendable (LogFinding) -> Void {
        { finding in self.monitor.withLock { $0.append(finding) } }
    }
}

/// Loads one partition's directory, as `LogDirectory` does.
func loadLog(
    _ directory: String, disk: any Disk = PosixDisk(), wasClean: Bool = false,
    recoveryPoint: Int64 = 0, logStartOffset: Int64 = 0, settings: LogSettings = LogSettings(),
    nowMs: Int64 = 1_000, findings: Findings = Findings()
) throws -> PartitionLog {
    try disk.createDirectory(directory)
    try disk.syncDirectory(directory.parentDirectory)
    var loader = LogLoader(
        disk: disk, directory: directory,
        partition: TopicPartition(topic: "topic", partition: 0), settings: settings,
        wasClean: wasClean, recoveryPoint: recoveryPoint, logStartOffset: logStartOffset,
        nowMs: nowMs, onFinding: findings.report)
    return PartitionLog(
        try loader.load(), disk: disk, health: DirectoryHealth(path: directory),
        removals: DelayedRemovals(disk: disk))
}

extension PosixDisk {
    /// Copies a directory's files (not the directories in it).
    func copyFiles(from source: String, to target: String) throws {
        try createDirectory(target)
        for entry in try list(source) where !entry.isDirectory {
            let file = try open(target + "/" + entry.name, .create)
            try file.write(try Fixtures.bytes(source + "/" + entry.name), at: 0)
        }
    }
}
